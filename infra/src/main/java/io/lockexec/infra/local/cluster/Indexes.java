package io.lockexec.infra.local.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** Completion indexes of an Indexed Job, in the notation of its status: {@code 0-2,5}. */
final class Indexes {
  static final String ANNOTATION = "batch.kubernetes.io/job-completion-index";

  private Indexes() {}

  /** The index that a pod works on. */
  static int of(JsonNode pod) {
    return Integer.parseInt(pod.at("/metadata/annotations").path(ANNOTATION).asString("0"));
  }

  static NavigableSet<Integer> parse(String text) {
    NavigableSet<Integer> indexes = new TreeSet<>();
    for (String range : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      String[] ends = range.split("-", -1);
      IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]))
          .forEach(indexes::add);
    }
    return indexes;
  }

  static String format(NavigableSet<Integer> indexes) {
    List<String> ranges = new ArrayList<>();
    List<Integer> rest = new ArrayList<>(indexes);
    while (!rest.isEmpty()) {
      int first = rest.removeFirst();
      int last = first;
      while (!rest.isEmpty() && rest.getFirst() == last + 1) {
        last = rest.removeFirst();
      }
      ranges.add(first == last ? Integer.toString(first) : first + "-" + last);
    }
    return String.join(",", ranges);
  }
}
