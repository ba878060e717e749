// The root file system and what is mounted into it.
#include <array>

#include "cli/mount_values.h"
#include "cli/numbers.h"
#include "cli/run_request.h"

namespace cove::cli {
namespace {

using sandbox::Options;

Status add_volume(RunRequest& request, std::string_view value) {
  auto use = COVE_TRY(parse_volume_use(value));
  if (!use) return option_add<&Options::mounts, &parse_volume>(request, value);
  request.record.volumes.push_back(std::move(*use));
  return {};
}

Status add_mount(RunRequest& request, std::string_view value) {
  auto use = COVE_TRY(parse_volume_mount(value));
  if (!use) return option_add<&Options::mounts, &parse_mount>(request, value);
  request.record.volumes.push_back(std::move(*use));
  return {};
}

Status add_volumes_from(RunRequest& request, std::string_view value) {
  request.volumes_from.push_back(COVE_TRY(parse_volumes_from(value)));
  return {};
}

constexpr std::array kRoot{
    Option{.name = "read-only",
           .help = "Forbid all writes to the root file system; /tmp, /run and other mounts stay as they are",
           .set = setter<&option_flag<&Options::read_only>>},
    Option{.name = "rootfs",
           .placeholder = "DIR",
           .help = "Use this directory as the root file system. It is never changed: a throwaway layer above "
                   "it takes "
                   "the writes. Without this option the sandbox sees the system directories of this machine, "
                   "as /usr "
                   "and /lib, and nobody's files",
           .set = setter<&option_set<&Options::rootfs, &host_path>>},
    Option{.name = "rw",
           .help = "Write straight into the --rootfs directory",
           .set = setter<&option_flag<&Options::rw>>},
    Option{.name = "shm-size",
           .placeholder = "BYTES",
           .help = "Size of /dev/shm (default 64m)",
           .set = setter<&option_set<&Options::shm_bytes, &parse_positive_size>>},
    Option{.name = "storage-size",
           .placeholder = "BYTES",
           .help = "Size of the layer that takes the writes; beyond it a write fails with \"no space left\" "
                   "or \"quota "
                   "exceeded\"",
           .set = setter<&option_set<&Options::storage_bytes, &parse_positive_size>>},
    Option{.name = "tmpfs-size",
           .placeholder = "BYTES",
           .help = "Size of /tmp and of /run, each (default: as --storage-size, or half of the memory); an "
                   "image's own are hidden "
                   "then",
           .set = setter<&option_set<&Options::tmpfs_bytes, &parse_positive_size>>},
    Option{.name = "upper",
           .placeholder = "DIR",
           .help = "Keep the writes in this directory, as the upper layer of an overlay over --rootfs",
           .set = setter<&option_set<&Options::upper, &host_path>>},
};

constexpr std::array kMounts{
    Option{.name = "device",
           .placeholder = "HOST[:TARGET[:rwm]]",
           .help = "Let the command use this device: read (r), write (w), make nodes of it (m); all three "
                   "unless told",
           .use = Use::repeat,
           .set = setter<&option_add<&Options::devices, &parse_device>>},
    Option{.name = "mount",
           .placeholder = "type=TYPE,KEY=VALUE,...",
           .help =
               "Mount something: type=bind, volume, tmpfs, overlay, proc, sysfs, devpts, mqueue or cgroup; "
               "keys src, dst, readonly, bind-propagation, volume-nocopy, tmpfs-size and others",
           .use = Use::repeat,
           .set = setter<&add_mount>},
    Option{
        .name = "tmpfs",
        .placeholder = "TARGET[:OPTIONS]",
        .help = "Mount an empty directory that lives in memory; options as size=64m, mode=1777, ro, noexec",
        .use = Use::repeat,
        .set = setter<&option_add<&Options::mounts, &parse_tmpfs>>},
    Option{.name = "volume",
           .letter = 'v',
           .placeholder = "HOST:TARGET[:OPTIONS]",
           .help = "Mount a file or directory of this machine, which must exist; options as ro, rslave, "
                   "nosuid, idmap. A NAME instead of HOST is a volume, which lasts and is made if need be "
                   "(options ro, nocopy); TARGET alone is a volume of this container's own",
           .use = Use::repeat,
           .set = setter<&add_volume>},
    Option{.name = "volumes-from",
           .placeholder = "CONTAINER[:ro]",
           .help = "Mount what another container has mounted: its volumes and directories of this machine",
           .use = Use::repeat,
           .set = setter<&add_volumes_from>},
};

}  // namespace

constinit const OptionGroup kRootOptions{"Root file system", kRoot};
constinit const OptionGroup kMountOptions{"Mounts and devices", kMounts};

}  // namespace cove::cli
