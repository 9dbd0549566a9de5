// `escapement doctor`: what disturbs measurements on this machine, and what to do about it.
#ifndef HARNESS_COMMAND_DOCTOR_H
#define HARNESS_COMMAND_DOCTOR_H

int command_doctor(int count, char *const *arguments);

#endif
