package io.lockexec.infra.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * What a {@code lock-exec.yaml} says: the clusters and the schedules of one installation. The same
 * file is deployed and played by the local stand-in.
 *
 * @param installation the name of the installation, a DNS label of at most 63 characters
 * @param tables the DynamoDB tables
 * @param clusters the clusters in the order of the file, at least one, no name or context twice
 * @param schedules the schedules in the order of the file, at least one, no name twice
 * @param warnings what is allowed and yet looks wrong, one line each, like those of {@link
 *     InvalidFile}
 */
public record LockExecFile(
    String installation,
    Tables tables,
    List<ClusterEntry> clusters,
    List<ScheduleEntry> schedules,
    List<String> warnings) {

  /** Copies the lists. */
  public LockExecFile {
    clusters = List.copyOf(clusters);
    schedules = List.copyOf(schedules);
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads a file.
   *
   * @param now from when on schedules are compared for minutes that they share
   * @throws InvalidFile with everything that is wrong in the file, or if there is none
   * @throws UncheckedIOException if the file cannot be read
   */
  public static LockExecFile load(Path file, Instant now) {
    if (Files.isDirectory(file)) {
      throw new InvalidFile(List.of(file + ": is a directory: name a file"));
    }
    try {
      return parse(file.toString(), Files.readString(file), now);
    } catch (NoSuchFileException e) {
      throw new InvalidFile(List.of(file + ": does not exist"));
    } catch (CharacterCodingException e) {
      throw new InvalidFile(List.of(file + ": is no text in UTF-8"));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }

  /**
   * Reads a text.
   *
   * @param file what the text is called in messages
   * @param now from when on schedules are compared for minutes that they share
   * @throws InvalidFile with everything that is wrong in the text
   */
  public static LockExecFile parse(String file, String text, Instant now) {
    YamlText document = YamlText.parse(file, text);
    FileReading reading = new FileReading(now);
    LockExecFile read = reading.read(document.root());
    Findings findings = reading.findings();
    findings.addWhatIsMissing(new FileSchema().check(document.root()));
    if (findings.hasErrors()) {
      throw new InvalidFile(findings.errorsIn(document));
    }
    return new LockExecFile(
        read.installation(),
        read.tables(),
        read.clusters(),
        read.schedules(),
        findings.warningsIn(document));
  }
}
