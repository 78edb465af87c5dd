package io.lockexec.kubernetes;

import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.lockexec.BadInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds a context in kubeconfig files. */
final class Kubeconfig {
  private static final String CONTEXT = "context";
  private static final String KUBECONFIG = "kubeconfig";

  private Kubeconfig() {}

  /**
   * Connects to the cluster of a context.
   *
   * @throws BadInput if no file has the context, or it cannot be used
   */
  static KubernetesCluster connect(
      List<Path> files, String context, Function<Config, KubernetesCluster> connection) {
    Path file = fileOf(files, context);
    try {
      // Neither the environment nor a service account of this machine has a say in it.
      Config config = Config.fromKubeconfig(context, file.toFile());
      check(context, config);
      return connection.apply(config);
    } catch (KubernetesClientException e) {
      throw new BadInput(CONTEXT, context, "cannot be used: " + e.getMessage());
    }
  }

  private static Path fileOf(List<Path> files, String context) {
    Map<String, Path> known = new TreeMap<>();
    for (Path file : files) {
      if (Files.isRegularFile(file)) {
        var content = parse(file);
        for (NamedContext each : listed(content.getContexts())) {
          known.putIfAbsent(each.getName(), file);
        }
        if (file.equals(known.get(context))) {
          checkWhole(context, file, content);
          return file;
        }
      }
    }
    String there =
        known.isEmpty()
            ? ": there is none in " + paths(files)
            : ": use one of " + String.join(", ", known.keySet());
    throw new BadInput(CONTEXT, context, "is no context of the kubeconfig" + there);
  }

  private static io.fabric8.kubernetes.api.model.Config parse(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Serialization.unmarshal(in, io.fabric8.kubernetes.api.model.Config.class);
    } catch (IOException e) {
      throw new BadInput(KUBECONFIG, file, "cannot be read: " + e.getMessage());
    } catch (RuntimeException e) {
      // Its message may quote the file, and the file holds credentials.
      throw new BadInput(
          KUBECONFIG, file, "is no kubeconfig: see what kubectl config view says of it");
    }
  }

  /** When credentials are renewed, fabric8 reads the context's own file and no other. */
  private static void checkWhole(
      String context, Path file, io.fabric8.kubernetes.api.model.Config content) {
    NamedContext named =
        listed(content.getContexts()).stream()
            .filter(each -> context.equals(each.getName()))
            .findFirst()
            .orElseThrow();
    String cluster = named.getContext() == null ? null : named.getContext().getCluster();
    String user = named.getContext() == null ? null : named.getContext().getUser();
    boolean hasCluster =
        listed(content.getClusters()).stream()
            .map(NamedCluster::getName)
            .anyMatch(name -> Objects.equals(name, cluster));
    boolean hasUser =
        user == null
            || user.isEmpty()
            || listed(content.getUsers()).stream()
                .map(NamedAuthInfo::getName)
                .anyMatch(name -> Objects.equals(name, user));
    if (!hasCluster || !hasUser) {
      throw new BadInput(
          CONTEXT,
          context,
          "names a cluster or a user that %s does not have: bring the three together with kubectl"
                  .formatted(file)
              + " config view --flatten --minify --context "
              + context);
    }
  }

  private static void check(String context, Config config) {
    String sni = config.getTlsServerName();
    if (sni != null && !sni.isEmpty()) {
      throw new BadInput(
          CONTEXT, context, "has a tls-server-name, which Java's HTTP client cannot send");
    }
    if (isSocks(config.getHttpProxy()) || isSocks(config.getHttpsProxy())) {
      throw new BadInput(CONTEXT, context, "goes through a SOCKS proxy: use an HTTP proxy or none");
    }
  }

  private static boolean isSocks(@Nullable String proxy) {
    return proxy != null && proxy.startsWith("socks");
  }

  private static <T> List<T> listed(@Nullable List<T> list) {
    return Optional.ofNullable(list).orElse(List.of());
  }

  private static String paths(List<Path> files) {
    return files.stream().map(Path::toString).collect(Collectors.joining(", "));
  }
}
