/* verify, check, strip, render. */
#pragma once

#include "cmd.h"

extern const struct command command_verify, command_check, command_strip,
    command_render;
