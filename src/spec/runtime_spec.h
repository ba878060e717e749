// config.json of the OCI runtime specification, 1.0 to 1.3, for Linux: the data, its reader, its writer and
// its checks. Pure; for the processes that outlive the clone (no JSON after it).
//
// Reading refuses what is not JSON of the right types; validate() refuses what cannot be meant. Unknown
// properties are ignored, as the specification demands, and those of other platforms with them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strict_json.h"
#include "spec/linux_config.h"
#include "spec/process.h"
#include "spec/resources.h"

namespace cove::spec {

struct Root {
  std::string path;  // relative: to the bundle
  bool readonly = false;
};

struct Mount {
  std::string destination;
  std::string type;
  std::string source;
  std::vector<std::string> options;
  std::vector<IdMapping> uid_mappings;
  std::vector<IdMapping> gid_mappings;
};

struct Hook {
  std::string path;
  std::vector<std::string> args;  // with argv[0]; empty: the path alone
  std::vector<std::string> env;
  std::optional<int64_t> timeout;  // seconds
};

struct Hooks {
  std::vector<Hook> prestart;
  std::vector<Hook> create_runtime;
  std::vector<Hook> create_container;
  std::vector<Hook> start_container;
  std::vector<Hook> poststart;
  std::vector<Hook> poststop;
};

struct Spec {
  std::string oci_version;
  std::optional<Process> process;
  std::optional<Root> root;
  std::string hostname;
  std::string domainname;
  std::vector<Mount> mounts;
  Hooks hooks;
  StringMap annotations;
  LinuxConfig linux_config;  // "linux" in the text, which is a macro of the compiler
};

// At most 4 MiB, 64 levels, no duplicate keys. null is an absent property. ErrorCode::invalid_argument, with
// the property: "linux.resources.memory.limit: must be a whole number …, not a string". A property that the
// specification demands within an object that is there ("process.cwd") must be there.
Result<Spec> parse_spec(std::string_view text);
Result<Spec> parse_spec(json::Value document);
// What `exec --process` reads. Paths in messages begin at the process itself: "user.uid".
Result<Process> parse_process(std::string_view text);
Result<Process> parse_process(json::Value document);
// What `update --resources` reads: paths as "memory.limit".
Result<Resources> parse_resources(std::string_view text);
Result<Resources> parse_resources(json::Value document);

// What is accepted but deserves a warning, each one line with its property.
using Warnings = std::vector<std::string>;

// The first thing in `spec` that no container can be made of, as an ErrorCode::invalid_argument that names
// the property, with a hint where there is a way out. Known to be accepted with a warning: what runc and crun
// both take, as a mount destination without '/' in front (relative to "/").
//
// Not checked here, since it depends on the machine or is another module's: capability names beyond their
// spelling, seccomp rules, mount options, cgroup values, whether a path exists.
Result<Warnings> validate(const Spec& spec);
Result<Warnings> validate(const Process& process);      // paths as in parse_process()
Result<Warnings> validate(const Resources& resources);  // paths as in parse_resources()

// JSON, indented, with a final newline. What equals its default is left out, unless the specification demands
// it. parse_spec() of it gives the same spec.
std::string print_spec(const Spec& spec);
std::string print_compact_spec(const Spec& spec);
std::string print_process(const Process& process);
std::string print_resources(const Resources& resources);

struct ExampleOptions {
  bool rootless = false;  // a user namespace with the caller as its root; neither a network nor limits
  uint32_t host_uid = 0;  // of the caller; count with `rootless`
  uint32_t host_gid = 0;
  bool cgroup_namespace = false;  // for machines with cgroup v2 only
};
// A spec to begin with: `sh` in "rootfs", confined as usual. The content of `runc spec`.
Spec example_spec(const ExampleOptions& options);

// The value of a key, or nullptr.
template <typename T>
[[nodiscard]] const T* find(const Map<T>& map, std::string_view key) noexcept {
  for (const auto& [name, value] : map) {
    if (name == key) return &value;
  }
  return nullptr;
}

}  // namespace cove::spec
