/* The commands, in the order of the help. */
#include "cmd_approve.h"
#include "cmd_list.h"
#include "cmd_lua.h"
#include "cmd_policy.h"
#include "cmd_prove.h"
#include "cmd_run.h"
#include "cmd_sandbox.h"
#include "cmd_scan.h"

const struct command *const command_table[] = {
    &command_run,    &command_plan,  &command_approve, &command_resume,
    &command_verify, &command_check, &command_policy,  &command_strip,
    &command_render, &command_list,  &command_log,     &command_scan,
    &command_keygen, &command_lua,   &command_sandbox, NULL,
};
