package io.lockexec.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Whole CronJobs: the project's own examples, and real ones where their folder is there. */
final class CronJobManifestsTest {
  private static final Path REAL_ONES = Path.of("shared", "data", "cronjobs");

  @TestFactory
  Stream<DynamicTest> each_leaf_of_an_example_is_kept_or_its_change_is_reported() {
    return Manifests.examples().stream().map(CronJobManifestsTest::keepsOrReports);
  }

  @TestFactory
  Stream<DynamicTest> each_leaf_of_a_real_manifest_is_kept_or_its_change_is_reported() {
    return realOnes().stream().map(CronJobManifestsTest::keepsOrReports);
  }

  private static DynamicTest keepsOrReports(Path file) {
    return DynamicTest.dynamicTest(
        file.getFileName().toString(),
        () -> {
          ObjectNode cronJob = Manifests.read(file);
          ((ObjectNode) cronJob.path("spec")).put("suspend", true);
          JobTemplate template = Manifests.template(cronJob);

          HardenedJob job = Manifests.hardened(template);

          assertThat(JobTemplate.ofCronJob(cronJob)).isEqualTo(template);
          assertKeptOrReported(template, job);
          assertReportIsTrue(template, job);
          assertThat(Hardening.dropped(job.manifest(), job.manifest())).isEmpty();
        });
  }

  private static void assertKeptOrReported(JobTemplate template, HardenedJob job) {
    Map<String, JsonNode> before = Manifests.leaves(template.metadata(), template.spec());
    ObjectNode foreign = Manifests.withoutOwn(job.manifest());
    Map<String, JsonNode> after =
        Manifests.leaves((ObjectNode) foreign.path("metadata"), (ObjectNode) foreign.path("spec"));
    Collection<Change> changes = job.changes();

    before.forEach(
        (path, value) -> {
          if (!value.equals(after.get(path))) {
            assertThat(changes).as("%s: %s", path, value).anyMatch(change -> covers(change, path));
          }
        });
    after.forEach(
        (path, value) -> {
          boolean own = path.equals("spec.suspend");
          if (!own && !before.containsKey(path) && value.isValueNode()) {
            assertThat(changes).as("%s: %s", path, value).anyMatch(change -> covers(change, path));
          }
        });
  }

  private static void assertReportIsTrue(JobTemplate template, HardenedJob job) {
    Map<String, JsonNode> before = Manifests.leaves(template.metadata(), template.spec());
    for (Change change : job.changes()) {
      boolean wasThere = before.keySet().stream().anyMatch(path -> covers(change, path));

      assertThat(change.before().isPresent()).as("%s", change).isEqualTo(wasThere);
      assertThat(change.why()).isNotBlank();
    }
  }

  private static boolean covers(Change change, String path) {
    return path.equals(change.path())
        || path.startsWith(change.path() + ".")
        || path.startsWith(change.path() + "[");
  }

  /** Looks for the folder beside the repository, from wherever the tests run. */
  private static List<Path> realOnes() {
    Path here = Path.of("").toAbsolutePath();
    for (Path up = here; up.getParent() != null; up = up.getParent()) {
      if (Files.isDirectory(up.resolve(REAL_ONES))) {
        return Manifests.list(up.resolve(REAL_ONES));
      }
    }
    return List.of();
  }
}
