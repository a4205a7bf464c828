/* The commands of those who approve. */
#pragma once

#include "cmd.h"

extern const struct command command_keygen, command_approve;
