/* policy. */
#pragma once

#include "cmd.h"

extern const struct command command_policy;
