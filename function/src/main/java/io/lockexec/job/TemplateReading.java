package io.lockexec.job;

/** What reading the job template of a CronJob comes to: the template, or why it is not used. */
public sealed interface TemplateReading permits JobTemplate, TemplateRefused {}
