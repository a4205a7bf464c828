/* What runproof.yaml may hold. A key that another part reads is a row here. */
#pragma once

#include "schema.h"

extern const struct schema config_schema;
/* The members of an environment that are not a provider's settings. */
extern const struct schema environment_members[];
