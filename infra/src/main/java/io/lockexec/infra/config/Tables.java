package io.lockexec.infra.config;

/**
 * The two DynamoDB tables.
 *
 * @param locks name of the table of the locks
 * @param runs name of the table of the runs
 * @param keyAttribute name of the partition key of the table of the locks
 */
public record Tables(String locks, String runs, String keyAttribute) {}
