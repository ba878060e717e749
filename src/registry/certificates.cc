#include "registry/certificates.h"

#include <fmt/format.h>

#include <algorithm>

#include "sys/file.h"

namespace cove::registry {
namespace {

constexpr std::string_view kAuthority = ".crt";
constexpr std::string_view kClient = ".cert";
constexpr std::string_view kKey = ".key";

Status add_file(const std::string& path, std::string_view name, const std::vector<std::string>& names,
                Certificates& certificates) {
  const auto partner = [&](std::string_view suffix, std::string_view other) {
    return std::string(name.substr(0, name.size() - suffix.size())).append(other);
  };
  const std::string directory = path.substr(0, path.size() - name.size());
  if (name.ends_with(kAuthority)) {
    certificates.authorities += COVE_TRY(sys::read_regular_file(path.c_str()));
    certificates.authorities += '\n';
  } else if (name.ends_with(kClient)) {
    const std::string key = partner(kClient, kKey);
    if (std::ranges::find(names, key) == names.end()) {
      return Error(ErrorCode::not_found,
                   fmt::format("client certificate {} has no key {} beside it", path, key));
    }
    if (!certificates.client_certificate.empty()) return {};
    certificates.client_certificate = path;
    certificates.client_key = directory + key;
  } else if (name.ends_with(kKey)) {
    const std::string certificate = partner(kKey, kClient);
    if (std::ranges::find(names, certificate) == names.end()) {
      return Error(ErrorCode::not_found,
                   fmt::format("key {} has no certificate {} beside it", path, certificate))
          .set_hint("client certificates end in .cert; .crt is for authorities");
    }
  }
  return {};
}

}  // namespace

Result<Certificates> find_certificates(const std::vector<std::string>& directories, std::string_view host) {
  Certificates certificates;
  for (const std::string& place : directories) {
    const std::string directory = place + "/" + std::string(host);
    auto names = sys::list_directory(AT_FDCWD, directory.c_str());
    if (!names.ok()) {
      if (names.error().sys_errno() == ENOENT || names.error().sys_errno() == ENOTDIR) continue;
      return std::move(names).error();
    }
    std::ranges::sort(*names);
    for (const std::string& name : *names) {
      COVE_TRY(add_file(fmt::format("{}/{}", directory, name), name, *names, certificates));
    }
    break;
  }
  return certificates;
}

}  // namespace cove::registry
