-- What is done to all machines of a Fly.io app: rollouts, memory, releases.

local copy = require("fly/config").copy

local memory_row = require "provider/columns"("machine", "region", "before",
  "after", "state")

local RELEASES_READ = 25

local function no_machines(app)
  error("fly: app " .. app .. " has no machines: deploy it once by hand", 0)
end

--- @param fly table the rows
--- @param roll table of fly/roll
return function(fly, roll)
  local deploys = {}

  -- --- rollouts --------------------------------------------------------------

  -- A plan whose moves are what config_of(machine, its config's copy) gives.
  local function plan_with(app, config_of)
    local plan = { app = app, moves = {} }
    for _, machine in ipairs(roll.machines_of(app)) do
      local config, more = config_of(machine, copy(machine.config))
      local move = roll.move_of(machine, config)
      for key, value in pairs(more or {}) do move[key] = value end
      plan.moves[#plan.moves + 1] = move
    end
    if #plan.moves == 0 then no_machines(app) end
    return plan
  end

  local function mark(config, values)
    config.metadata = config.metadata or {}
    for key, value in pairs(values) do config.metadata[key] = value end
    return config
  end

  -- See fly.plan_rollout.
  function deploys.plan_rollout(args)
    local plan = plan_with(args.app or env.fly.app, function(_, config)
      config.image = args.image or config.image
      return mark(config, { runproof_run = run.id })
    end)
    plan.image = args.image
    return plan
  end

  -- See fly.roll.
  function deploys.roll(plan, more)
    local done = {}
    for _, move in ipairs(plan.moves) do
      done[#done + 1] = roll.move(plan.app, move, more)
      print(("%s  %s -> %s  %s"):format(move.machine, fly.tag(move.from),
        fly.tag(move.to), move.down and "down, as it was" or
        "started, checks passing"))
    end
    return done
  end

  -- --- memory ----------------------------------------------------------------

  local function chosen(machine, groups)
    if not groups then return true end
    local metadata = machine.config.metadata or {}
    for _, group in ipairs(groups) do
      if metadata.fly_process_group == group then return true end
    end
    return false
  end

  local function memory_of(config)
    return config.guest and config.guest.memory_mb or 256 -- Fly's default
  end

  local function check_memory(memory_mb)
    if math.type(memory_mb) == "integer" and memory_mb > 0
      and memory_mb % 256 == 0 then return end
    error(("fly: memory_mb has to be a multiple of 256, not %s"):format(
      tostring(memory_mb)), 0)
  end

  local function plan_row(machine, memory_mb)
    return memory_row {
      machine = machine.id, region = machine.region, state = machine.state,
      before = memory_of(machine.config), after = memory_mb,
    }
  end

  -- See fly.plan_memory.
  function deploys.plan_memory(args)
    check_memory(args.memory_mb)
    local app = args.app or env.fly.app
    local plan = {
      app = app, memory_mb = args.memory_mb, moves = {}, rows = {},
    }
    for _, machine in ipairs(roll.machines_of(app)) do
      local row = plan_row(machine, args.memory_mb)
      if chosen(machine, args.groups) then plan.rows[#plan.rows + 1] = row end
      if chosen(machine, args.groups) and row.before ~= row.after then
        local config = copy(machine.config)
        config.guest = config.guest or {}
        config.guest.memory_mb = args.memory_mb
        plan.moves[#plan.moves + 1] = roll.move_of(machine, config)
      end
    end
    if #plan.rows == 0 then
      error(("fly: app %s has no machines%s"):format(app, args.groups and
        " of group " .. table.concat(args.groups, ", ") or ""), 0)
    end
    return plan
  end

  -- See fly.set_memory.
  function deploys.set_memory(plan)
    local size = ("%d MB"):format(plan.memory_mb)
    local done = roll.all_or_none(plan, "scale to " .. size,
      function(move, machine)
        return ("%s  %d -> %s  %s"):format(move.machine, memory_of(move.old),
          size, move.down and machine.state or "started, checks passing")
      end)
    local state = {}
    for _, machine in ipairs(done) do state[machine.id] = machine.state end
    local rows = {}
    for i, row in ipairs(plan.rows) do
      rows[i] = memory_row(copy(row))
      rows[i].state = state[row.machine] or row.state
    end
    return rows
  end

  -- --- releases --------------------------------------------------------------

  local function with_release(plan, image)
    local newest = fly.releases.list { app = plan.app, limit = 1 }[1]
    plan.image = image
    plan.release = {
      after = newest and newest.version or 0,
      definition = fly.releases.definition { app = plan.app },
      strategy = "ROLLING",
    }
    return plan
  end

  -- See fly.plan_deploy.
  function deploys.plan_deploy(args)
    return with_release(deploys.plan_rollout(args), args.image)
  end

  -- The configuration a machine had in a release: the newest version that
  -- carries its number, else the newest with its image. Versions are ULIDs,
  -- so their order is that of time.
  local function config_then(app, machine, target)
    local of_release, with_image
    local versions = fly.machines.versions { app = app, machine = machine.id }
    table.sort(versions, function(a, b) return a.version > b.version end)
    for _, one in ipairs(versions) do
      local config = one.user_config
      local release = (config.metadata or {}).fly_release_version
      if release == tostring(target.version) then
        of_release = of_release or config
      elseif config.image == target.imageRef then
        with_image = with_image or config
      end
    end
    return of_release or with_image
  end

  -- See fly.plan_rollback.
  function deploys.plan_rollback(args)
    local app = args.app or env.fly.app
    local target = fly.rollback_target(
      fly.releases.list { app = app, limit = RELEASES_READ },
      fly.releases.current { app = app }, args.release)
    local plan = plan_with(app, function(machine, config)
      local old = config_then(app, machine, target)
      local mounts = config.mounts -- an update cannot change them
      if old then config = copy(old) end
      config.mounts, config.image = mounts, target.imageRef
      mark(config, { runproof_run = run.id })
      return config, { image_only = not old or nil }
    end)
    plan.target = target
    return with_release(plan, target.imageRef)
  end

  local function update_release(release, status)
    fly.releases.update {
      input = { releaseId = release.id, status = status },
    }
    release.status = status
  end

  local function begin_release(plan)
    local release = fly.releases.create {
      after = plan.release.after,
      input = {
        appId = plan.app, image = plan.image, platformVersion = "machines",
        strategy = plan.release.strategy, definition = plan.release.definition,
      },
    }
    print(("release %d  %s"):format(release.version, fly.tag(plan.image)))
    update_release(release, "running")
    return release
  end

  -- See fly.deploy.
  function deploys.deploy(plan)
    local release = begin_release(plan)
    local stamped = { app = plan.app, moves = {} }
    for i, move in ipairs(plan.moves) do
      stamped.moves[i] = copy(move)
      mark(stamped.moves[i].config, {
        fly_release_id = release.id,
        fly_release_version = tostring(release.version),
      })
      if move.image_only then
        print(move.machine .. "  has no configuration of that release: " ..
          "image only")
      end
    end
    local machines = deploys.roll(stamped)
    update_release(release, "complete")
    return { release = release, machines = machines }
  end

  local ENDED = { complete = true, failed = true, interrupted = true }

  -- See fly.fail_release.
  function deploys.fail_release(plan)
    local app, marked = plan.app or env.fly.app, {}
    local after = plan.release and plan.release.after or 0
    for _, one in ipairs(fly.releases.list {
      app = app, limit = RELEASES_READ,
    }) do
      if one.version > after and one.imageRef == plan.image
        and not ENDED[one.status] then
        update_release(one, "failed")
        marked[#marked + 1] = one.version
      end
    end
    return marked
  end

  -- A plan that is made in the same step is another one in a further attempt:
  -- there is none, so this cleans up at once.
  function deploys.deploy_once(plan)
    local ok, result = pcall(deploys.deploy, plan)
    if ok then return result end
    local marked, why = pcall(deploys.fail_release, plan)
    local unmarked = marked and "" or
      "; its release is not marked failed: " .. roll.cause(why)
    fail(roll.cause(result) .. unmarked, { final = true })
  end

  -- --- secrets ---------------------------------------------------------------

  -- See fly.set_secrets.
  function deploys.set_secrets(args)
    local plan = not args.stage and (args.plan or
      deploys.plan_rollout { app = args.app })
    local app = args.app or plan and plan.app or env.fly.app
    local set = fly.secrets.set { app = app, values = args.values }
    print(("secrets of %s are at version %d"):format(app, set.version))
    local machines = {}
    if plan then
      local ok, result =
        pcall(deploys.roll, plan, { min_secrets_version = set.version })
      if not ok then
        fail(roll.cause(result), { final = args.plan == nil })
      end
      machines = result
    end
    return { version = set.version, machines = machines }
  end

  return deploys
end
