import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs google-java-format over every Java file below {@code src} of every module, and over itself.
 *
 * <p>It is run from source by the build's JDK, because the formatter parses with the javac of the
 * JVM that runs it, and Maven itself may stand on an older one.
 *
 * <p>Arguments: {@code check} (fails, and names the files) or {@code write} (mends them); then the
 * root of the project.
 */
final class Format {
  private Format() {}

  public static void main(String[] args) throws Exception {
    String mode = args[0];
    List<String> arguments = new ArrayList<>();
    switch (mode) {
      case "check" -> arguments.addAll(List.of("--dry-run", "--set-exit-if-changed"));
      case "write" -> arguments.add("--replace");
      default -> throw new IllegalArgumentException("-Dformat takes check or write, not " + mode);
    }
    arguments.addAll(javaFiles(Path.of(args[1])));
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code =
        new Main(out, err, InputStream.nullInputStream()).format(arguments.toArray(String[]::new));
    out.flush();
    err.flush();
    if (code != 0 && mode.equals("check")) {
      System.err.println("Not formatted (see above). Mend: ./mvnw -N validate -Dformat=write");
    }
    System.exit(code);
  }

  private static List<String> javaFiles(Path root) throws IOException {
    List<Path> directories = new ArrayList<>();
    directories.add(root.resolve(".mvn"));
    try (var modules = Files.newDirectoryStream(root, Files::isDirectory)) {
      modules.forEach(module -> directories.add(module.resolve("src")));
    }
    List<String> found = new ArrayList<>();
    for (Path directory : directories) {
      if (Files.isDirectory(directory)) {
        try (var files = Files.walk(directory)) {
          files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(found::add);
        }
      }
    }
    found.sort(null);
    return found;
  }
}
