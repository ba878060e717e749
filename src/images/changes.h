// --change of `cove import` and `cove commit`: lines of a Dockerfile that change an image's config. Pure.
// Source: the Dockerfile reference of Docker.
#pragma once

#include <string_view>

#include "base/result.h"
#include "image/config.h"

namespace cove::images {

// CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR; in any case.
// ErrorCode::invalid_argument: another instruction, or a malformed one.
Status apply_change(std::string_view line, image::RunConfig& config);

}  // namespace cove::images
