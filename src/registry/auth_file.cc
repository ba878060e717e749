#include "registry/auth_file.h"

#include <fmt/format.h>
#include <limits.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <variant>

#include "base/json_writer.h"
#include "base/strings.h"
#include "fields/writer.h"
#include "image/reference.h"
#include "registry/base64.h"
#include "sys/file.h"

namespace cove::registry {
namespace {

constexpr std::string_view kDockerHubKey = "https://index.docker.io/v1/";

template <typename List>
auto* member(List& object, std::string_view key) {
  const auto found = std::ranges::find(object, key, &json::Member::key);
  return found == object.end() ? nullptr : &found->value;
}

const json::Object* object_member(const json::Object& object, std::string_view key) {
  const json::Value* value = member(object, key);
  return value == nullptr ? nullptr : std::get_if<json::Object>(&value->data);
}

std::string text_member(const json::Object& object, std::string_view key) {
  const json::Value* value = member(object, key);
  const std::string* text = value == nullptr ? nullptr : std::get_if<std::string>(&value->data);
  return text == nullptr ? std::string{} : *text;
}

// The logins, made if they are missing.
json::Object& auths_of(json::Object& root) {
  json::Value* auths = member(root, "auths");
  if (auths == nullptr) {
    root.push_back({"auths", {json::Object{}}});
    auths = &root.back().value;
  }
  if (!std::holds_alternative<json::Object>(auths->data)) auths->data = json::Object{};
  return *std::get_if<json::Object>(&auths->data);
}

void put(json::Object& object, std::string_view key, json::Object content) {
  if (json::Value* value = member(object, key); value != nullptr) {
    value->data = std::move(content);
  } else {
    object.push_back({std::string(key), {std::move(content)}});
  }
}

// The part of a key behind which the host begins: some write "https://quay.io".
std::string_view without_scheme(std::string_view key) noexcept {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (key.starts_with(scheme)) return key.substr(scheme.size());
  }
  return key;
}

}  // namespace

std::string host_of_key(std::string_view key) {
  const std::string_view host = split_once(without_scheme(key), '/').first;
  return host == "index.docker.io" || host == "registry-1.docker.io" ? std::string(image::kDockerHub)
                                                                     : std::string(host);
}

std::string key_of_host(std::string_view host) {
  return std::string(host == image::kDockerHub ? kDockerHubKey : host);
}

Result<AuthFile> AuthFile::parse(std::string_view text, std::string_view file) {
  AuthFile parsed;
  parsed.file_ = file;
  if (trim(text).empty()) return parsed;
  auto document = json::parse(text);
  if (!document.ok()) return std::move(document).context(file).error();
  auto* root = std::get_if<json::Object>(&document->data);
  if (root == nullptr) return Error(ErrorCode::invalid_argument, fmt::format("{}: must be an object", file));
  constexpr std::array<std::string_view, 2> kObjects{"auths", "credHelpers"};
  for (const std::string_view key : kObjects) {
    const json::Value* value = member(*root, key);
    if (value == nullptr || std::holds_alternative<json::Object>(value->data)) continue;
    if (std::holds_alternative<std::nullptr_t>(value->data)) continue;
    return Error(ErrorCode::invalid_argument, fmt::format("{}: {} must be an object", file, key));
  }
  parsed.root_ = std::move(*root);
  return parsed;
}

Result<AuthFile> AuthFile::load(const std::string& path) {
  const auto text = sys::read_regular_file(path.c_str());
  if (!text.ok() && text.error().sys_errno() != ENOENT && text.error().sys_errno() != ENOTDIR)
    return text.error();
  return parse(text.ok() ? std::string_view(*text) : std::string_view{}, path);
}

namespace {

Result<Credentials> read_login(const json::Object& entry, std::string_view file, std::string_view key) {
  Credentials credentials;
  credentials.identity_token = text_member(entry, "identitytoken");
  credentials.user = text_member(entry, "username");
  credentials.secret = text_member(entry, "password");
  const std::string encoded = text_member(entry, "auth");
  if (encoded.empty()) return credentials;
  const std::optional<std::string> decoded = decode_base64(encoded);
  const Halves halves =
      split_once(decoded.has_value() ? std::string_view(*decoded) : std::string_view{}, ':');
  if (!halves.second.has_value()) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("{}: the login for {} is not NAME:PASSWORD in base64", file, quote(key)))
        .set_hint(fmt::format("cove login {}", host_of_key(key)));
  }
  credentials.user = halves.first;
  credentials.secret = *halves.second;
  // Docker pads old passwords with NUL bytes.
  credentials.secret.erase(credentials.secret.find_last_not_of('\0') + 1);
  return credentials;
}

const json::Member* find_entry(const json::Object& auths, const Login& login) {
  std::string name = login.host;
  if (!login.repository.empty()) name += "/" + login.repository;
  while (true) {
    const auto exact = std::ranges::find(auths, name, &json::Member::key);
    if (exact != auths.end()) return &*exact;
    const size_t slash = name.rfind('/');
    if (slash == std::string::npos) break;
    name.resize(slash);
  }
  // podman's keys with a path hold for that path only, so keys count as hosts if they are one or begin with a
  // scheme.
  const auto by_host = std::ranges::find_if(auths, [&login](const json::Member& entry) {
    const bool path_key = without_scheme(entry.key) == entry.key &&
                          entry.key.find('/') != std::string::npos && !entry.key.ends_with("/v1/") &&
                          !entry.key.ends_with("/v2/");
    return !path_key && host_of_key(entry.key) == login.host;
  });
  return by_host == auths.end() ? nullptr : &*by_host;
}

}  // namespace

Result<std::optional<Credentials>> AuthFile::find(const Login& login) const {
  const json::Object* auths = object_member(root_, "auths");
  const json::Member* entry = auths == nullptr ? nullptr : find_entry(*auths, login);
  const json::Object* content = entry == nullptr ? nullptr : std::get_if<json::Object>(&entry->value.data);
  if (content == nullptr) return std::optional<Credentials>{};
  Credentials credentials = COVE_TRY(read_login(*content, file_, entry->key));
  if (credentials == Credentials{}) return std::optional<Credentials>{};  // a helper has it
  return std::optional(std::move(credentials));
}

std::string AuthFile::helper_for(std::string_view host) const {
  if (const json::Object* helpers = object_member(root_, "credHelpers"); helpers != nullptr) {
    for (const json::Member& helper : *helpers) {
      if (helper.key == host || host_of_key(helper.key) == host) return text_member(*helpers, helper.key);
    }
  }
  return text_member(root_, "credsStore");
}

void AuthFile::set(std::string_view host, const Credentials& credentials) {
  json::Object entry;
  entry.push_back({"auth", {encode_base64(credentials.user + ":" + credentials.secret)}});
  if (!credentials.identity_token.empty()) entry.push_back({"identitytoken", {credentials.identity_token}});
  remove(host);
  put(auths_of(root_), key_of_host(host), std::move(entry));
}

void AuthFile::note(std::string_view host) {
  remove(host);
  put(auths_of(root_), key_of_host(host), {});
}

bool AuthFile::remove(std::string_view host) {
  return std::erase_if(auths_of(root_), [&](const json::Member& entry) {
           return entry.key == host || entry.key == key_of_host(host) ||
                  (without_scheme(entry.key) != entry.key && host_of_key(entry.key) == host);
         }) > 0;
}

std::string AuthFile::print() const {
  JsonWriter json(JsonWriter::Layout::indented, 8);  // as docker writes it
  fields::write_value(json, json::Value{root_});
  return std::move(json).text() + "\n";
}

Status AuthFile::save(const std::string& path) const {
  std::array<char, PATH_MAX> resolved;
  const bool found = ::realpath(path.c_str(), resolved.data()) != nullptr;
  const std::string target = found ? std::string(resolved.data()) : path;
  const size_t slash = target.rfind('/');
  if (slash != std::string::npos && slash > 0) COVE_TRY(sys::make_directories(target.substr(0, slash), 0700));
  return sys::replace_file(target.c_str(), print(), 0600);
}

}  // namespace cove::registry
