/* list, log, lua. */
#pragma once

#include "cmd.h"

extern const struct command command_list, command_log, command_lua;
