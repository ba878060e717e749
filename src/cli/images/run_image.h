// cove run IMAGE, cove create IMAGE: what on the command line is an image (docs/decisions/0013), and what its
// config makes of the request. Called in the process that the user started.
#pragma once

#include "cli/command.h"
#include "cli/run_request.h"
#include "image/config.h"

namespace cove::cli {

// The first word of `request.options.command` is an image, or a command of this machine's. If it is an image
// it is taken off, pulled if need be, and its config is put in where the user has not said otherwise.
Status take_image(const Invocation& invocation, RunRequest& request);

// What an image's config says, where the request does not. Without --entrypoint the command line replaces CMD
// only. ErrorCode::invalid_argument: there is no command at all.
Status apply_image_config(const image::RunConfig& config, RunRequest& request);

}  // namespace cove::cli
