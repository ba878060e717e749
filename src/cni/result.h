// What a plugin prints: a result, an error, the versions. Pure. Source: the CNI specification, "Result
// types".
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "network/attachment.h"

namespace cove::cni {

// The numbers of the specification; from 100 on they are ours.
enum class Code : uint8_t {
  incompatible_version = 1,
  unsupported_field = 2,
  unknown_container = 3,
  bad_environment = 4,
  failed_io = 5,
  bad_json = 6,
  bad_config = 7,
  not_available = 50,  // STATUS: it can attach nobody now
  failed = 100,
  already_attached = 101,
  not_as_made = 102,  // CHECK
};

// What an ADD has made, with what only the kernel knows of it.
struct Added {
  network::Attachment attachment;  // with a holder and one endpoint
  std::string bridge;              // empty: the network has none
  std::string bridge_mac;
  std::string outer_mac;
};
std::string print_result(const Added& added, std::string_view version);

std::string print_error(const Error& error, Code code, std::string_view version);

std::string print_versions();

}  // namespace cove::cni
