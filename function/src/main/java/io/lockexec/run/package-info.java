/** What becomes of a firing: the ledger, the decisions and those who carry a run to its end. */
@NullMarked
package io.lockexec.run;

import org.jspecify.annotations.NullMarked;
