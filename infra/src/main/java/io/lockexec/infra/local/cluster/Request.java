package io.lockexec.infra.local.cluster;

/**
 * A request that reached a local cluster.
 *
 * @param method the HTTP method
 * @param path the path, without the query
 * @param query the query as it was sent; empty if there was none
 * @param status the status of the answer; 0 if it was never answered
 */
public record Request(String method, String path, String query, int status) {}
