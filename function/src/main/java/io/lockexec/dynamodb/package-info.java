/** Locks and runs in two DynamoDB tables of one Region. */
@NullMarked
package io.lockexec.dynamodb;

import org.jspecify.annotations.NullMarked;
