package io.lockexec.infra.local.cluster;

import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the API says of itself: its health, its version and its resources. */
final class Discovery {
  private static final String MINOR = "36";

  private Discovery() {}

  static Answer answer(ApiCall call) {
    if (!call.method().equals("GET")) {
      throw ApiError.noSuchPath();
    }
    return switch (String.join("/", call.path())) {
      case "readyz", "livez", "healthz" -> new Answer.Text("ok");
      case "version" -> Answer.ok(version());
      case "api" -> Answer.ok(apiVersions());
      case "apis" -> Answer.ok(apiGroups());
      case "api/v1" -> Answer.ok(resources("", "v1"));
      case "apis/batch/v1" -> Answer.ok(resources("batch", "batch/v1"));
      default -> throw ApiError.noSuchPath();
    };
  }

  private static ObjectNode version() {
    return Trees.object()
        .put("major", "1")
        .put("minor", MINOR)
        .put("gitVersion", "v1." + MINOR + ".0+lock-exec-local")
        .put("platform", "local");
  }

  private static ObjectNode apiVersions() {
    ObjectNode versions = Trees.object().put("kind", "APIVersions");
    versions.putArray("versions").add("v1");
    return versions;
  }

  private static ObjectNode apiGroups() {
    ObjectNode version = Trees.object().put("groupVersion", "batch/v1").put("version", "v1");
    ObjectNode list = Trees.object().put("kind", "APIGroupList").put("apiVersion", "v1");
    ObjectNode group = list.putArray("groups").addObject().put("name", "batch");
    group.putArray("versions").add(version);
    group.set("preferredVersion", version.deepCopy());
    return list;
  }

  private static ObjectNode resources(String group, String groupVersion) {
    ObjectNode list = Trees.object().put("kind", "APIResourceList").put("apiVersion", "v1");
    list.put("groupVersion", groupVersion);
    ArrayNode resources = list.putArray("resources");
    for (Resource resource : List.of(Resource.values())) {
      if (resource.group().equals(group)) {
        ObjectNode entry = resources.addObject();
        entry
            .put("name", resource.plural())
            .put("singularName", "")
            .put("namespaced", resource.namespaced())
            .put("kind", resource.kind());
        resource.verbs().forEach(entry.putArray("verbs")::add);
      }
    }
    return list;
  }
}
