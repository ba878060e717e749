// For tests of validate(): a good spec, changed in one place.
#pragma once

#include <functional>
#include <string>

#include "spec/runtime_spec.h"

namespace cove::spec::testing {

// Accepted without a warning: all namespaces but the user's, and a process.
inline Spec good_spec() {
  Spec spec;
  spec.oci_version = "1.2.0";
  spec.process = Process{.args = {"sh"}, .cwd = "/"};
  spec.root = Root{"rootfs"};
  for (const char* type : {"mount", "pid", "network", "uts", "ipc", "cgroup", "time"}) {
    spec.linux_config.namespaces.push_back({type, ""});
  }
  return spec;
}

// The message about good_spec() after `change`, with its hint in brackets; or the warnings; or "accepted".
inline std::string verdict(const std::function<void(Spec&)>& change) {
  Spec spec = good_spec();
  change(spec);
  const auto warnings = validate(spec);
  if (!warnings.ok()) {
    const std::string hint = warnings.error().hint();
    return warnings.error().message() + (hint.empty() ? "" : " [" + hint + "]");
  }
  if (warnings->empty()) return "accepted";
  std::string text = "warning";
  for (const std::string& warning : *warnings) text += ": " + warning;
  return text;
}

inline std::string process_verdict(const std::function<void(Process&)>& change) {
  return verdict([&](Spec& spec) { change(*spec.process); });
}

inline std::string linux_verdict(const std::function<void(LinuxConfig&)>& change) {
  return verdict([&](Spec& spec) { change(spec.linux_config); });
}

inline void remove_namespace(LinuxConfig& config, std::string_view type) {
  std::erase_if(config.namespaces, [&](const Namespace& entry) { return entry.type == type; });
}

}  // namespace cove::spec::testing
