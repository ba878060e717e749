#include "spec/linux_config.h"

namespace cove::spec {

const Namespace* LinuxConfig::find_namespace(std::string_view type) const noexcept {
  for (const Namespace& entry : namespaces) {
    if (entry.type == type) return &entry;
  }
  return nullptr;
}

}  // namespace cove::spec
