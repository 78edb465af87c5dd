package io.lockexec.infra.local.cluster;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;

/** Remembers every process ever started, over all incarnations of a cluster. */
final class Witness {
  private final List<Entry> entries = new CopyOnWriteArrayList<>();

  private record Entry(
      String namespace, String job, String pod, String container, ContainerProcess process) {
    private PodProcess toPodProcess() {
      return new PodProcess(
          namespace, job, pod, container, process.pid(), process.started(), process.ended());
    }
  }

  void started(JsonNode pod, String container, ContainerProcess process) {
    entries.add(
        new Entry(
            Trees.namespace(pod),
            pod.at("/metadata/labels").path("job-name").asString(""),
            Trees.name(pod),
            container,
            process));
  }

  List<PodProcess> processes() {
    return entries.stream().map(Entry::toPodProcess).toList();
  }
}
