// `linux` of config.json. Plain data. Names are those of the OCI runtime specification, config-linux.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strict_json.h"
#include "spec/process.h"
#include "spec/resources.h"

namespace cove::spec {

struct Namespace {
  std::string type;  // one of kNamespaces (words.h)
  std::string path;  // of one to join; empty: a new one
};

struct IdMapping {  // ids containerID … containerID + size - 1
  uint32_t container_id = 0;
  uint32_t host_id = 0;
  uint32_t size = 0;
};

struct TimeOffset {
  int64_t secs = 0;
  uint32_t nanosecs = 0;
};

struct Device {
  std::string type;  // "c", "u" (the same), "b" or "p"
  std::string path;
  std::optional<int64_t> major;
  std::optional<int64_t> minor;
  std::optional<uint32_t> file_mode;  // unset: 0666
  std::optional<uint32_t> uid;
  std::optional<uint32_t> gid;
};

struct NetDevice {
  std::string name;  // inside the container; empty: as outside
};

// Its rules are for the compiler of the seccomp module, which has its own reader.
struct Seccomp {
  json::Value profile;  // the whole object
  std::string listener_path;
  std::string listener_metadata;
};

struct Personality {
  std::string domain;  // "LINUX" or "LINUX32"
  std::vector<std::string> flags;
};

struct IntelRdt {
  std::string clos_id;
  std::vector<std::string> schemata;  // 1.3
  std::string l3_cache_schema;
  std::string mem_bw_schema;
  bool enable_monitoring = false;  // 1.3; before, the next two
  bool enable_cmt = false;
  bool enable_mbm = false;
};

struct MemoryPolicy {  // set_mempolicy(2); 1.3
  std::string mode;    // "MPOL_BIND"
  std::string nodes;   // "0-1,3"
  std::vector<std::string> flags;
};

struct LinuxConfig {
  std::vector<IdMapping> uid_mappings;
  std::vector<IdMapping> gid_mappings;
  StringMap sysctl;
  Resources resources;
  std::string cgroups_path;
  std::vector<Namespace> namespaces;
  std::vector<Device> devices;
  Map<NetDevice> net_devices;  // by name outside
  std::optional<Seccomp> seccomp;
  std::string rootfs_propagation;  // one of kPropagations (words.h); empty: unset
  std::vector<std::string> masked_paths;
  std::vector<std::string> readonly_paths;
  std::string mount_label;
  std::optional<IntelRdt> intel_rdt;
  std::optional<MemoryPolicy> memory_policy;
  std::optional<Personality> personality;
  Map<TimeOffset> time_offsets;  // "monotonic", "boottime"

  // The entry of `namespaces` with this type, or nullptr.
  [[nodiscard]] const Namespace* find_namespace(std::string_view type) const noexcept;
};

}  // namespace cove::spec
