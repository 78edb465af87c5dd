package io.lockexec.infra.local.cluster;

import io.lockexec.infra.local.cluster.ApiCall.Target;
import io.lockexec.infra.local.cluster.Deletion.Propagation;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The verbs of the Kubernetes API over the objects of one incarnation. */
final class Api {
  private static final List<String> SET_BY_SERVER =
      List.of(
          "uid",
          "resourceVersion",
          "creationTimestamp",
          "generation",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "selfLink",
          "managedFields");

  private final ObjectStore store;
  private final Deletion deletion;
  private final InstantSource clock;
  private final BiFunction<JsonNode, String, Path> logs;
  private final Supplier<String> suffixes;
  private final Pages pages;

  Api(
      ObjectStore store,
      Deletion deletion,
      InstantSource clock,
      BiFunction<JsonNode, String, Path> logs,
      Supplier<String> suffixes) {
    this.store = store;
    this.deletion = deletion;
    this.clock = clock;
    this.logs = logs;
    this.suffixes = suffixes;
    this.pages = new Pages(store);
  }

  /**
   * Answers a request.
   *
   * @throws ApiError it is refused
   */
  Answer call(ApiCall call) {
    Optional<Target> target = call.target();
    if (target.isEmpty()) {
      return Discovery.answer(call);
    }
    requireVerb(call.method(), target.get());
    return target.get().name().isEmpty()
        ? collection(call, target.get())
        : item(call, target.get());
  }

  private static void requireVerb(String method, Target target) {
    boolean collection = target.name().isEmpty();
    String verb =
        switch (method) {
          case "GET" -> "get";
          case "POST" -> collection ? "create" : "";
          case "PATCH" -> collection ? "" : "patch";
          case "PUT" -> collection ? "" : "update";
          case "DELETE" -> collection ? "" : "delete";
          default -> "";
        };
    if (!target.resource().verbs().contains(verb)) {
      throw ApiError.methodNotAllowed();
    }
  }

  private Answer collection(ApiCall call, Target target) {
    return switch (call.method()) {
      case "GET" -> call.flag("watch") ? watch(call, target) : Answer.ok(list(call, target));
      case "POST" -> create(call, target);
      default -> throw ApiError.methodNotAllowed();
    };
  }

  private Answer item(ApiCall call, Target target) {
    if (!target.subresource().isEmpty()) {
      return subresource(call, target);
    }
    return switch (call.method()) {
      case "GET" -> Answer.ok(existing(target.key()));
      case "PATCH" -> change(call, target.key(), Patch.of(call));
      case "PUT" -> change(call, target.key(), _ -> call.object());
      case "DELETE" -> delete(call, target.key());
      default -> throw ApiError.methodNotAllowed();
    };
  }

  private Answer subresource(ApiCall call, Target target) {
    if (!call.method().equals("GET")) {
      throw ApiError.methodNotAllowed();
    }
    if (target.resource() == Resource.PODS && target.subresource().equals("log")) {
      ObjectNode pod = existing(target.key());
      return new PodLog(store, logs).answer(call, pod);
    }
    if (target.resource() != Resource.NAMESPACES && target.subresource().equals("status")) {
      return Answer.ok(existing(target.key()));
    }
    throw ApiError.noSuchPath();
  }

  private ObjectNode existing(ObjectKey key) {
    return store.get(key).orElseThrow(() -> ApiError.notFound(key.resource(), key.name()));
  }

  private Predicate<JsonNode> selected(ApiCall call) {
    return Selector.labels(call.parameter("labelSelector"))
        .and(Selector.fields(call.parameter("fieldSelector")));
  }

  private Answer watch(ApiCall call, Target target) {
    Watch watch = new Watch(store, target.resource(), target.namespace(), selected(call));
    return watch.answer(call.parameter("resourceVersion"), call.number("timeoutSeconds"));
  }

  private JsonNode list(ApiCall call, Target target) {
    Predicate<JsonNode> selected = selected(call);
    return store.locked(
        () ->
            pages.list(
                call,
                target.resource(),
                () ->
                    store.list(target.resource(), target.namespace()).stream()
                        .filter(selected)
                        .toList()));
  }

  private Answer create(ApiCall call, Target target) {
    Resource resource = target.resource();
    if (resource.namespaced() && target.namespace().isEmpty()) {
      throw ApiError.methodNotAllowed();
    }
    Checked checked = check(call, resource, call.object());
    ObjectNode object = checked.object();
    requireNamespace(target.namespace());
    placeIn(object, target.namespace());
    ObjectNode created =
        store.locked(() -> call.dryRun() ? prepared(resource, object) : seed(resource, object));
    return new Answer.Json(201, created, checked.warnings());
  }

  private record Checked(ObjectNode object, List<String> warnings) {}

  /** Reads an object as its resource, and says what fields it does not know. */
  private static Checked check(ApiCall call, Resource resource, ObjectNode object) {
    requireKind(resource, object);
    Schema.Pruned pruned = Schema.prune(resource, object);
    List<String> complaints =
        pruned.unknown().stream().map("unknown field \"%s\""::formatted).toList();
    if (call.strict() && !complaints.isEmpty()) {
      throw ApiError.badRequest(
          "%s in version \"v1\" cannot be handled as a %s: strict decoding error: %s"
              .formatted(resource.kind(), resource.kind(), String.join(", ", complaints)));
    }
    return new Checked(pruned.object(), call.warns() ? complaints : List.of());
  }

  private static void requireKind(Resource resource, ObjectNode object) {
    String version = object.path("apiVersion").asString(resource.apiVersion());
    String kind = object.path("kind").asString(resource.kind());
    if (!version.equals(resource.apiVersion()) || !kind.equals(resource.kind())) {
      throw ApiError.badRequest(
          "the API version and kind in the data (%s, %s) do not match those expected (%s, %s)"
              .formatted(version, kind, resource.apiVersion(), resource.kind()));
    }
  }

  private void requireNamespace(String namespace) {
    if (!namespace.isEmpty()) {
      existing(new ObjectKey(Resource.NAMESPACES, "", namespace));
    }
  }

  private static void placeIn(ObjectNode object, String namespace) {
    String own = Trees.namespace(object);
    if (!own.isEmpty() && !own.equals(namespace)) {
      throw ApiError.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
    if (!namespace.isEmpty()) {
      object.withObject("metadata").put("namespace", namespace);
    }
  }

  /** Keeps a new object whose namespace is known to exist. */
  ObjectNode seed(Resource resource, ObjectNode object) {
    return store.create(resource, prepared(resource, object));
  }

  /** Creates or replaces an object, and creates its namespace if need be. */
  ObjectNode apply(ObjectNode object) {
    Resource resource =
        Resource.ofKind(object.path("kind").asString(""))
            .filter(kind -> kind != Resource.PODS)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "is of a kind that a local cluster does not keep: use Namespace, CronJob"
                            + " and Job"));
    requireKind(resource, object);
    ObjectNode pruned = Schema.prune(resource, object).object();
    if (resource.namespaced() && Trees.namespace(pruned).isEmpty()) {
      pruned.withObject("metadata").put("namespace", "default");
    }
    return store.locked(
        () -> {
          ensureNamespace(Trees.namespace(pruned));
          ObjectKey key = ObjectKey.of(resource, pruned);
          return store.get(key).isEmpty()
              ? seed(resource, pruned)
              : replace(key, old -> replacement(resource, old, pruned));
        });
  }

  private void ensureNamespace(String name) {
    if (!name.isEmpty() && store.get(new ObjectKey(Resource.NAMESPACES, "", name)).isEmpty()) {
      ObjectNode namespace = Trees.object();
      namespace.putObject("metadata").put("name", name);
      seed(Resource.NAMESPACES, namespace);
    }
  }

  /** Makes of what a caller sent what the server keeps. */
  private ObjectNode prepared(Resource resource, ObjectNode sent) {
    ObjectNode object = Trees.object();
    object.put("apiVersion", resource.apiVersion()).put("kind", resource.kind());
    object.setAll(sent);
    ObjectNode metadata = object.withObject("metadata");
    metadata.remove(SET_BY_SERVER);
    if (Trees.name(object).isEmpty() && metadata.has("generateName")) {
      metadata.put("name", Trees.text(object, "/metadata/generateName") + suffixes.get());
    }
    metadata.put("uid", UUID.randomUUID().toString());
    metadata.put("creationTimestamp", Trees.timestamp(clock.instant()));
    if (resource == Resource.JOBS || resource == Resource.CRONJOBS) {
      metadata.put("generation", 1);
    }
    object.putObject("status");
    if (resource == Resource.NAMESPACES) {
      object.withObject("status").put("phase", "Active");
    }
    Defaults.apply(resource, object);
    if (resource == Resource.JOBS) {
      Defaults.selectorAndLabels(object);
    }
    Validation.created(resource, object);
    return object;
  }

  /** How the next version of an object is made of the last one. */
  interface Edit {
    /**
     * Makes the next version; the old one must be left as it is.
     *
     * @throws ApiError the edit does not apply
     */
    JsonNode apply(ObjectNode old);
  }

  private Answer change(ApiCall call, ObjectKey key, Edit edit) {
    return store.locked(
        () -> {
          ObjectNode old = existing(key);
          if (!(edit.apply(old) instanceof ObjectNode edited)) {
            throw ApiError.patchRefused();
          }
          Checked checked = check(call, key.resource(), edited);
          requireSame(key, old, checked.object());
          ObjectNode next = replacement(key.resource(), old, checked.object());
          ObjectNode kept = call.dryRun() ? next : replace(key, _ -> next);
          return new Answer.Json(200, kept, checked.warnings());
        });
  }

  private static void requireSame(ObjectKey key, ObjectNode old, ObjectNode edited) {
    if (!Trees.name(edited).equals(key.name())) {
      throw ApiError.badRequest(
          "the name of the object (%s) does not match the name on the URL (%s)"
              .formatted(Trees.name(edited), key.name()));
    }
    String uid = Trees.uid(edited);
    if (!uid.isEmpty() && !uid.equals(Trees.uid(old))) {
      throw ApiError.conflict(
          key.resource(),
          key.name(),
          "Precondition failed: UID in precondition: %s, UID in object meta: %s"
              .formatted(uid, Trees.uid(old)));
    }
    String version = Trees.text(edited, "/metadata/resourceVersion");
    if (!version.isEmpty() && !version.equals(Trees.text(old, "/metadata/resourceVersion"))) {
      throw ApiError.conflict(
          key.resource(),
          key.name(),
          "the object has been modified; please apply your changes to the latest version and try"
              + " again");
    }
  }

  private ObjectNode replacement(Resource resource, ObjectNode old, ObjectNode edited) {
    ObjectNode next = Trees.object();
    next.put("apiVersion", resource.apiVersion()).put("kind", resource.kind());
    next.setAll(edited.deepCopy());
    ObjectNode metadata = next.withObject("metadata");
    metadata.put("namespace", Trees.namespace(old));
    metadata.remove(SET_BY_SERVER);
    for (String field : SET_BY_SERVER) {
      old.path("metadata").optional(field).ifPresent(value -> metadata.set(field, value));
    }
    next.set("status", old.path("status"));
    Defaults.apply(resource, next);
    if (resource == Resource.JOBS) {
      Defaults.selectorAndLabels(next);
    }
    Validation.updated(resource, old, next);
    if (!next.path("spec").equals(old.path("spec"))) {
      metadata.put("generation", old.at("/metadata/generation").asInt(0) + 1);
    }
    return next;
  }

  private ObjectNode replace(ObjectKey key, UnaryOperator<ObjectNode> edit) {
    Consumer<ObjectNode> overwrite =
        object -> {
          ObjectNode next = edit.apply(object);
          object.removeAll();
          object.setAll(next);
        };
    return store
        .update(key, overwrite)
        .orElseThrow(() -> ApiError.notFound(key.resource(), key.name()));
  }

  private Answer delete(ApiCall call, ObjectKey key) {
    ObjectNode options = call.object();
    return store.locked(
        () -> {
          ObjectNode old = existing(key);
          precondition(key, "UID", options.at("/preconditions/uid"), Trees.uid(old));
          precondition(
              key,
              "ResourceVersion",
              options.at("/preconditions/resourceVersion"),
              Trees.text(old, "/metadata/resourceVersion"));
          if (call.dryRun()) {
            return Answer.ok(old);
          }
          return key.resource() == Resource.PODS
              ? deletePod(call, options, old)
              : deleteOwner(key, propagation(call, key.resource(), options), old);
        });
  }

  private static void precondition(ObjectKey key, String what, JsonNode wanted, String actual) {
    if (wanted.isString() && !wanted.asString().equals(actual)) {
      throw ApiError.conflict(
          key.resource(),
          key.name(),
          ("the %s in the precondition (%s) does not match the %s in record (%s)."
                  + " The object might have been %s")
              .formatted(
                  what,
                  wanted.asString(),
                  what,
                  actual,
                  what.equals("UID") ? "deleted and then recreated" : "modified"));
    }
  }

  private Answer deletePod(ApiCall call, ObjectNode options, ObjectNode pod) {
    long grace =
        Trees.number(options, "/gracePeriodSeconds")
            .or(() -> call.number("gracePeriodSeconds"))
            .or(() -> Trees.number(pod, "/spec/terminationGracePeriodSeconds"))
            .orElse(30L);
    deletion.pod(pod, grace);
    ObjectKey key = ObjectKey.of(Resource.PODS, pod);
    return Answer.ok(store.get(key).orElse(pod));
  }

  private Answer deleteOwner(ObjectKey key, Propagation propagation, ObjectNode old) {
    ObjectNode last = deletion.owner(key, propagation);
    if (store.get(key).isPresent()) {
      return Answer.ok(last);
    }
    ObjectNode status = Trees.object().put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    status.put("status", "Success");
    status
        .putObject("details")
        .put("name", key.name())
        .put("group", key.resource().group())
        .put("kind", key.resource().plural())
        .put("uid", Trees.uid(old));
    return Answer.ok(status);
  }

  /** Jobs are the one kind whose dependents are orphaned unless the caller says otherwise. */
  private static Propagation propagation(ApiCall call, Resource resource, ObjectNode options) {
    String policy = options.path("propagationPolicy").asString(call.parameter("propagationPolicy"));
    return switch (policy) {
      case "Background" -> Propagation.BACKGROUND;
      case "Foreground" -> Propagation.FOREGROUND;
      case "Orphan" -> Propagation.ORPHAN;
      case "" -> resource == Resource.JOBS ? Propagation.ORPHAN : Propagation.BACKGROUND;
      default ->
          throw ApiError.invalid(
              resource,
              "",
              List.of(
                  ApiError.Cause.invalid(
                      "propagationPolicy",
                      policy,
                      "not one of \"Foreground\", \"Background\", \"Orphan\" or unset")));
    };
  }
}
