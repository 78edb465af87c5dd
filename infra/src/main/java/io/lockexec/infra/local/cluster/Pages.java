package io.lockexec.infra.local.cluster;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lists in pages: all pages of a list show the objects as they were when the first was asked for.
 * Called under the lock of the store only.
 */
final class Pages {
  private static final int KEPT = 100;

  private final ObjectStore store;
  private final Map<Long, Listing> listings = new LinkedHashMap<>();
  private long lastId;

  /** A list whose later pages may still be asked for. */
  private record Listing(long version, List<ObjectNode> objects) {}

  Pages(ObjectStore store) {
    this.store = store;
  }

  /**
   * Answers a list request.
   *
   * @param matching the objects that the request selects, for a first page
   */
  ObjectNode list(ApiCall call, Resource resource, Supplier<List<ObjectNode>> matching) {
    String token = call.parameter("continue");
    int limit = Math.toIntExact(Math.clamp(call.number("limit").orElse(0L), 0, Integer.MAX_VALUE));
    if (token.isEmpty()) {
      return page(call, resource, ++lastId, new Listing(store.version(), matching.get()), 0, limit);
    }
    if (!token.matches("\\d{1,18}-\\d{1,9}")) {
      throw ApiError.badRequest("continue key is not valid");
    }
    long id = Long.parseLong(token.substring(0, token.indexOf('-')));
    int offset = Integer.parseInt(token.substring(token.indexOf('-') + 1));
    Listing listing =
        Optional.ofNullable(listings.get(id))
            .orElseThrow(
                () ->
                    ApiError.expired(
                        "The provided continue parameter is too old to display a consistent list"
                            + " result."));
    return page(call, resource, id, listing, offset, limit);
  }

  private ObjectNode page(
      ApiCall call, Resource resource, long id, Listing listing, int offset, int limit) {
    int size = listing.objects().size();
    int end = limit == 0 ? size : Math.min(size, offset + limit);
    ObjectNode list = Trees.object();
    list.put("kind", resource.kind() + "List").put("apiVersion", resource.apiVersion());
    ObjectNode metadata = list.putObject("metadata");
    metadata.put("resourceVersion", Long.toString(listing.version()));
    if (end < size) {
      keep(id, listing);
      metadata.put("continue", id + "-" + end);
      boolean selective =
          !call.parameter("labelSelector").isEmpty() || !call.parameter("fieldSelector").isEmpty();
      if (!selective) {
        metadata.put("remainingItemCount", size - end);
      }
    }
    ArrayNode items = list.putArray("items");
    for (ObjectNode object : listing.objects().subList(Math.min(offset, size), end)) {
      ObjectNode item = object.deepCopy();
      items.add(item.remove(List.of("kind", "apiVersion")));
    }
    return list;
  }

  private void keep(long id, Listing listing) {
    listings.put(id, listing);
    if (listings.size() > KEPT) {
      listings.remove(listings.keySet().iterator().next());
    }
  }
}
