/* run, plan, resume. */
#pragma once

#include "cmd.h"

extern const struct command command_run, command_plan, command_resume;
