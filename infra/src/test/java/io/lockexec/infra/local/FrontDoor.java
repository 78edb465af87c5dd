package io.lockexec.infra.local;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** What a call of the command line has said. */
record FrontDoor(int code, String out, String err) {

  static FrontDoor call(String... args) {
    return call(environment(), args);
  }

  static FrontDoor call(Map<String, String> environment, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = StandIn.commandLine(environment, InstantSource.system());
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    int code = line.execute(args);
    return new FrontDoor(code, out.toString(), err.toString());
  }

  /** Nothing of this machine's environment but where its commands are. */
  static Map<String, String> environment() {
    return Map.of("PATH", "/usr/bin:/bin", "HOME", "/nowhere");
  }

  List<String> outLines() {
    return out.lines().toList();
  }

  List<String> errLines() {
    return err.lines().toList();
  }
}
