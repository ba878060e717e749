// What a checkpoint and a restore tell criu alike. Pure, but for open_places().
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/cgroup/plan.h"
#include "kernel/criu/message.h"
#include "spec/runtime_spec.h"

namespace cove::runtime {

// The options that the two commands share, with runc's names.
struct CriuOptions {
  std::string image_path = "checkpoint";  // directory of the images
  std::string work_path;                  // directory for criu's log; empty: the images'
  std::string manage_cgroups_mode;        // soft, full, strict or ignore; empty: soft
  std::vector<std::string> empty_namespaces;
  bool tcp_established = false;
  bool ext_unix_sockets = false;
  bool shell_job = false;
  bool file_locks = false;
  bool lazy_pages = false;
  bool auto_dedup = false;
};

// Error invalid_argument names the option.
Status apply_options(const CriuOptions& options, const spec::Spec& spec, criu::Request& request);

// Something that comes from outside the container, and is put there again by whoever restores.
struct ExternalMount {
  std::string target;  // in the container, as the configuration has it: its name in the images, too
  std::string source;  // host path
};
// Binds, in a user namespace the devices too, and without a cgroup namespace the cgroups; not what is masked.
std::vector<ExternalMount> external_mounts(const spec::Spec& spec, const std::string& bundle,
                                           const std::vector<cgroup::Directory>& cgroups);

// The name of what masked files are covered with.
inline constexpr std::string_view kMaskName = "/dev/null";
// The name in the images of a joined namespace that criu leaves as it is: those of kind network and pid.
// Empty for another kind.
std::string external_namespace(std::string_view kind);
// "net" for "network", as /proc/PID/ns has it.
std::string_view namespace_file(std::string_view kind);

// Record::streams.
using StreamNames = std::array<std::string, 3>;
inline constexpr const char* kStreamsFile = "descriptors.json";  // beside the images, as runc's
std::string print_stream_names(const StreamNames& names);
Result<StreamNames> parse_stream_names(std::string_view text);

struct CriuPlaces {
  UniqueFd images;  // O_DIRECTORY
  UniqueFd work;
  std::string images_path;  // absolute
  std::string work_path;
};
// `make`: missing directories are made. Error not_found names the option.
Result<CriuPlaces> open_places(const CriuOptions& options, bool make);

}  // namespace cove::runtime
