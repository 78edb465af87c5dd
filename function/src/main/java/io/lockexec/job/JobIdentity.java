package io.lockexec.job;

import io.lockexec.lock.LockKey;
import io.lockexec.lock.Token;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.Installation;

/**
 * Who a Job is: what its name, its marks and its environment say.
 *
 * @param installation which deployment of lock-exec starts it
 * @param firing the firing that it runs for; its run id is the Job's name
 * @param key the key that is locked for it
 * @param token the fencing token of that lock
 */
public record JobIdentity(Installation installation, Firing firing, LockKey key, Token token) {}
