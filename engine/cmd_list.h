/* list, log. */
#pragma once

#include "cmd.h"

extern const struct command command_list, command_log;
