package io.lockexec.kubernetes;

import io.lockexec.job.JobRef;
import io.lockexec.job.Namespace;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a request is about: an object, or all of a kind in a namespace.
 *
 * @param api where the API group's version is served
 * @param resource the plural name of the kind
 * @param namespace empty for what lives in none
 * @param name empty for all of them
 */
record Target(String api, String resource, Optional<Namespace> namespace, Optional<String> name) {
  private static final String BATCH = "apis/batch/v1";
  private static final String CORE = "api/v1";

  static Target job(JobRef ref) {
    return new Target(BATCH, "jobs", Optional.of(ref.namespace()), Optional.of(ref.name()));
  }

  static Target jobs(Namespace namespace) {
    return new Target(BATCH, "jobs", Optional.of(namespace), Optional.empty());
  }

  static Target cronJob(Namespace namespace, String name) {
    return new Target(BATCH, "cronjobs", Optional.of(namespace), Optional.of(name));
  }

  static Target pods(Namespace namespace) {
    return new Target(CORE, "pods", Optional.of(namespace), Optional.empty());
  }

  static Target namespace(String name) {
    return new Target(CORE, "namespaces", Optional.empty(), Optional.of(name));
  }

  /** Returns the path of all of the kind, without a slash before it. */
  String collection() {
    return api + namespace.map(value -> "/namespaces/" + value).orElse("") + "/" + resource;
  }

  /** Returns the path of the object, or of all if it has no name. */
  String path() {
    return collection() + name.map(value -> "/" + encoded(value)).orElse("");
  }

  /** Returns the kind as RBAC and kubectl name it, and where it is. */
  String permission() {
    String group = api.equals(BATCH) ? ".batch" : "";
    return resource + group + namespace.map(value -> " in the namespace " + value).orElse("");
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return resource
        + " "
        + namespace.map(Namespace::value).orElse("")
        + (namespace.isPresent() && name.isPresent() ? "/" : "")
        + name.orElse("");
  }
}
