-- Rows of Fly.io's Volumes API.

local VOLUMES = "/v1/apps/{app}/volumes"
local VOLUME = VOLUMES .. "/{volume}"
local DOCS = "https://fly.io/docs/machines/api/volumes-resource/#"

local volumes = {
  { "volumes.list", "GET", VOLUMES,
    args = { "summary?: boolean  leave the block counts out" },
    gives = "fly.volume[]",
    link = DOCS .. "list-all-the-volumes-in-an-app",
    doc = "The volumes of an app." },
  { "volumes.create", "POST", VOLUMES,
    args = {
      "name: string  letters, digits and _; may be shared by several",
      "region: string  three letters: \"fra\"",
      "size_gb?: integer  in GB, default 3",
      "encrypted?: boolean  default true",
      "fstype?: string  default \"ext4\"",
      "snapshot_id?: string  the snapshot it starts from",
      "source_volume_id?: string  the volume it is a fork of",
      "snapshot_retention?: integer  days, 1 to 60, default 5",
      "auto_backup_enabled?: boolean  daily snapshots, default true",
      "require_unique_zone?: boolean  on hardware of its own, default true",
      "unique_zone_app_wide?: boolean  on hardware no volume of the app is on",
      "compute?: table  the guest it will be mounted in",
      "compute_image?: string  the image it will be mounted in",
    },
    gives = "fly.volume",
    doubt = "`fly volumes list` shows whether the volume was created",
    link = DOCS .. "create-a-volume",
    doc = "Makes a volume, empty, from a snapshot or as a fork." },
  { "volumes.get", "GET", VOLUME, args = {}, gives = "fly.volume",
    link = DOCS .. "get-a-specific-volume",
    doc = "One volume: state, size_gb, attached_machine_id." },
  { "volumes.update", "PUT", VOLUME, before = "volumes.get",
    args = {
      "auto_backup_enabled?: boolean  daily snapshots",
      "snapshot_retention?: integer  days, 1 to 60",
    },
    gives = "fly.volume",
    link = DOCS .. "update-a-volume",
    doc = "Changes how snapshots are made and kept." },
  { "volumes.delete", "DELETE", VOLUME, accept_gone = true, args = {},
    gives = "fly.volume",
    hints = { [412] = "destroy the machine that mounts it first" },
    link = DOCS .. "delete-a-volume-permanently",
    doc = "Destroys a volume for good; no machine may have it mounted." },
  { "volumes.extend", "PUT", VOLUME .. "/extend",
    args = { "size_gb: integer  the new size in GB; it never shrinks" },
    gives = "{needs_restart:boolean, volume:fly.volume}",
    link = DOCS .. "extend-a-volume",
    doc = "Makes a volume larger; needs_restart tells whether its machine " ..
      "sees that only after a restart." },
  { "volumes.snapshots", "GET", VOLUME .. "/snapshots", args = {},
    gives = "fly.snapshot[]",
    link = DOCS .. "get-a-list-of-snapshots-for-a-volume",
    doc = "The snapshots of a volume, newest first." },
  { "volumes.snapshot", "POST", VOLUME .. "/snapshots", args = {},
    doubt = "`fly volumes snapshots list` shows whether it was begun",
    link = DOCS .. "create-an-on-demand-volume-snapshot-beta",
    doc = "Begins a snapshot; volumes.snapshots shows it when it is made." },
}

return { volumes }
