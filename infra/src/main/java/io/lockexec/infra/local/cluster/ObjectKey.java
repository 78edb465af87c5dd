package io.lockexec.infra.local.cluster;

import java.util.Comparator;
import tools.jackson.databind.JsonNode;

/**
 * Where an object is kept.
 *
 * @param namespace empty for objects that have none
 */
record ObjectKey(Resource resource, String namespace, String name)
    implements Comparable<ObjectKey> {
  private static final Comparator<ObjectKey> ORDER =
      Comparator.comparing(ObjectKey::resource)
          .thenComparing(ObjectKey::namespace)
          .thenComparing(ObjectKey::name);

  static ObjectKey of(Resource resource, JsonNode object) {
    return new ObjectKey(resource, Trees.namespace(object), Trees.name(object));
  }

  @Override
  public int compareTo(ObjectKey other) {
    return ORDER.compare(this, other);
  }
}
