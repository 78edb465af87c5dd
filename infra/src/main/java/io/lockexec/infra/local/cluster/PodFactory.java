package io.lockexec.infra.local.cluster;

import java.time.Instant;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes the pods of Jobs. */
final class PodFactory {
  private static final String SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
  private static final int SUFFIX_LENGTH = 5;
  private static final int LONGEST_NAME = 63;
  private static final String NODE = "local";

  private final Supplier<String> uids;
  private final IntSupplier random;

  /**
   * A factory.
   *
   * @param uids gives each pod its uid
   * @param random non-negative numbers for the suffixes of names
   */
  PodFactory(Supplier<String> uids, IntSupplier random) {
    this.uids = uids;
    this.random = random;
  }

  /** A suffix as the API server makes for {@code generateName}. */
  String suffix() {
    return IntStream.range(0, SUFFIX_LENGTH)
        .map(_ -> SUFFIX_LETTERS.charAt(random.getAsInt() % SUFFIX_LETTERS.length()))
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  ObjectNode plain(JsonNode job, Instant now) {
    return pod(job, Trees.name(job) + "-", now);
  }

  ObjectNode indexed(JsonNode job, int index, Instant now) {
    ObjectNode pod = pod(job, Trees.name(job) + "-" + index + "-", now);
    ObjectNode metadata = pod.withObject("metadata");
    metadata.withObject("annotations").put(Indexes.ANNOTATION, Integer.toString(index));
    metadata.withObject("labels").put(Indexes.ANNOTATION, Integer.toString(index));
    Stream.of("/spec/initContainers", "/spec/containers")
        .flatMap(pointer -> Trees.elements(pod, pointer).stream())
        .forEach(
            container ->
                ((ObjectNode) container)
                    .withArray("env")
                    .addObject()
                    .put("name", "JOB_COMPLETION_INDEX")
                    .put("value", Integer.toString(index)));
    return pod;
  }

  private ObjectNode pod(JsonNode job, String prefix, Instant now) {
    JsonNode template = job.at("/spec/template");
    ObjectNode pod = Trees.object().put("apiVersion", "v1").put("kind", "Pod");
    ObjectNode metadata = pod.putObject("metadata");
    String stem = prefix.substring(0, Math.min(prefix.length(), LONGEST_NAME - SUFFIX_LENGTH));
    metadata
        .put("name", stem + suffix())
        .put("generateName", prefix)
        .put("namespace", Trees.namespace(job))
        .put("uid", uids.get())
        .put("creationTimestamp", Trees.timestamp(now));
    for (String field : new String[] {"labels", "annotations"}) {
      if (template.path("metadata").path(field).isObject()) {
        metadata.set(field, template.path("metadata").path(field).deepCopy());
      }
    }
    metadata
        .putArray("ownerReferences")
        .addObject()
        .put("apiVersion", "batch/v1")
        .put("kind", "Job")
        .put("name", Trees.name(job))
        .put("uid", Trees.uid(job))
        .put("controller", true)
        .put("blockOwnerDeletion", true);
    Trees.addFinalizer(pod, JobController.TRACKING);
    pod.set("spec", template.path("spec").deepCopy());
    pod.withObject("spec").put("nodeName", NODE);
    pod.putObject("status").put("phase", "Pending").put("qosClass", "BestEffort");
    return pod;
  }
}
