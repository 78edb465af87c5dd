package io.lockexec.job;

import io.lockexec.BadInput;
import io.lockexec.lock.LockKey;
import io.lockexec.lock.Token;
import io.lockexec.schedule.Firing;
import java.util.regex.Pattern;

/**
 * Who a Job is: what its name, its marks and its environment say.
 *
 * @param installation which deployment of lock-exec starts it: a DNS label
 * @param firing the firing that it runs for; its run id is the Job's name
 * @param key the key that is locked for it
 * @param token the fencing token of that lock
 */
public record JobIdentity(String installation, Firing firing, LockKey key, Token token) {
  private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  /**
   * Checks the installation, which becomes the value of a label.
   *
   * @throws BadInput if it is no DNS label
   */
  public JobIdentity {
    if (!DNS_LABEL.matcher(installation).matches()) {
      throw new BadInput(
          "installation",
          installation,
          "is no DNS label: use at most 63 lower-case letters, digits and inner hyphens");
    }
  }
}
