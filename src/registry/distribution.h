// The operations of the OCI distribution specification on one repository. Every digest and size is checked
// while the bytes pass.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "image/manifest.h"
#include "registry/session.h"

namespace cove::registry {

struct RemoteManifest {
  std::string media_type;
  std::string digest;  // of `bytes`
  std::string bytes;   // as they came
};

// A manifest or an index by tag or digest. Errors: not_found; protocol: the bytes are not what the digest, or
// the registry's own header, says, or of a type that cove does not know.
Result<RemoteManifest> get_manifest(Session& session, const std::string& tag_or_digest);
// The digest that a tag has; empty if there is no such manifest.
Result<std::string> head_manifest(Session& session, const std::string& tag_or_digest);
// Gives the digest.
Result<std::string> put_manifest(Session& session, const std::string& tag_or_digest,
                                 const std::string& media_type, const std::string& bytes);

// A blob from `offset` on, in order, into `sink`; cut connections are gone on with where they broke. Checks
// the size; the digest is for the sink's owner, who sees all bytes, also those before `offset`.
Status get_blob(Session& session, const image::Descriptor& blob, uint64_t offset,
                const std::function<Status(std::string_view)>& sink);
// A small blob, whole, with its digest checked.
Result<std::string> get_blob_text(Session& session, const image::Descriptor& blob);

Result<bool> has_blob(Session& session, const std::string& digest);

enum class Pushed : uint8_t {
  uploaded,
  present,  // it was there already
  mounted,  // taken over from `from`
};
// Sends a blob unless the registry has it, or can take it from the repository `from` (empty: none). A big one
// that is cut off goes on where it broke, if the registry says where. `progress` hears of the bytes that are
// there.
Result<Pushed> push_blob(Session& session, const image::Descriptor& blob, const HttpBody& body,
                         const std::string& from, const std::function<void(uint64_t)>& progress);

// All tags, in the registry's order.
Result<std::vector<std::string>> list_tags(Session& session);
// The repositories of a registry whose name contains `part`, at most `limit`.
Result<std::vector<std::string>> list_repositories(Session& session, std::string_view part, size_t limit);

struct SearchResult {
  std::string name;
  std::string description;
  uint64_t stars = 0;
  bool official = false;
  bool automated = false;
};
// What the registry finds (Docker's /v1/search); where it offers no search, a look through its catalogue.
Result<std::vector<SearchResult>> search(Session& session, const std::string& term, size_t limit);

// Whether the registry lets its user in.
Status check_login(Session& session);

}  // namespace cove::registry
