// The options of the commands on images.
#include <array>

#include "base/strings.h"
#include "cli/containers/view_options.h"
#include "cli/images/requests.h"
#include "cli/numbers.h"

namespace cove::cli {
namespace {

template <auto Member, typename Request>
Status set_text(Request& request, std::string_view value) {
  request.*Member = value;
  return {};
}
template <auto Member, typename Request>
Status add_text(Request& request, std::string_view value) {
  (request.*Member).emplace_back(value);
  return {};
}

Status set_save_format(SaveRequest& request, std::string_view value) {
  for (const std::string_view known : {"docker-archive", "oci-archive", "oci", "dir"}) {
    if (value != known) continue;
    request.format = value;
    return {};
  }
  return value_error("is no form of images", "give docker-archive, oci-archive, oci or dir");
}

constexpr Option kChange{.name = "change",
                         .letter = 'c',
                         .placeholder = "INSTRUCTION",
                         .help =
                             "Apply a line of a Dockerfile to the image: CMD, ENTRYPOINT, ENV, EXPOSE, "
                             "HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME or WORKDIR",
                         .use = Use::repeat};

template <typename Request>
constexpr Option change_option() {
  Option option = kChange;
  option.set = setter<&add_text<&Request::changes, Request>>;
  return option;
}
template <typename Request>
constexpr Option message_option() {
  return {.name = "message",
          .letter = 'm',
          .placeholder = "TEXT",
          .help = "Put this into the image's history",
          .set = setter<&set_text<&Request::message, Request>>};
}

constexpr std::array kImages{
    Option{.name = "all",
           .letter = 'a',
           .help = "Show those without a name that others are built on, too; all are shown anyway",
           .set = flag<&ImagesRequest::all>},
    Option{.name = "digests", .help = "Show digests", .set = flag<&ImagesRequest::digests>},
    Option{.name = "filter",
           .letter = 'f',
           .placeholder = "KEY=VALUE",
           .help = "Show those only for which this holds: before, dangling, label, reference, since, until",
           .use = Use::repeat,
           .set = setter<&add_filter<ImagesRequest>>},
    list_format_option<ImagesRequest>(
        "Print table, table TEMPLATE, json, or what a Go template makes of each image"),
    Option{.name = "no-trunc", .help = "Do not shorten ids", .set = setter<&set_no_trunc<ImagesRequest>>},
    Option{
        .name = "quiet", .letter = 'q', .help = "Print ids only", .set = setter<&set_quiet<ImagesRequest>>},
};
constexpr std::array kRmi{
    Option{.name = "force",
           .letter = 'f',
           .help = "Take away all names of an id, and the image of containers that do not run",
           .set = flag<&RmiRequest::force>},
    Option{
        .name = "no-prune", .help = "Keep the layers that nothing uses", .set = flag<&RmiRequest::no_prune>},
};
constexpr std::array kHistory{
    list_format_option<HistoryRequest>(
        "Print table, table TEMPLATE, json, or what a Go template makes of each step"),
    Option{.name = "human",
           .letter = 'H',
           .help = "Print sizes and times for people (default true)",
           .set = flag<&HistoryRequest::human>},
    Option{.name = "no-trunc", .help = "Do not shorten", .set = setter<&set_no_trunc<HistoryRequest>>},
    Option{
        .name = "quiet", .letter = 'q', .help = "Print ids only", .set = setter<&set_quiet<HistoryRequest>>},
};
constexpr std::array kSave{
    Option{.name = "format",
           .placeholder = "docker-archive|oci-archive|oci|dir",
           .help =
               "Write an archive as `docker save` (the default), an archive or a directory in the OCI image "
               "layout, or a plain directory of skopeo's",
           .set = setter<&set_save_format>},
    Option{.name = "output",
           .letter = 'o',
           .placeholder = "HOST",
           .help = "Write to this file or directory instead of standard output",
           .set = setter<&set_text<&SaveRequest::output, SaveRequest>>},
};
constexpr std::array kLoad{
    Option{
        .name = "input",
        .letter = 'i',
        .placeholder = "HOST",
        .help =
            "Read this file or directory instead of standard input; docker-archive:, oci-archive:, oci: or "
            "dir: in front says what it is",
        .set = setter<&set_text<&LoadRequest::input, LoadRequest>>},
    Option{.name = "quiet", .letter = 'q', .help = "Do not show progress", .set = flag<&LoadRequest::quiet>},
};
constexpr std::array kImport{
    change_option<ImportRequest>(),
    message_option<ImportRequest>(),
    Option{.name = "platform",
           .placeholder = "OS/ARCHITECTURE",
           .help = "What the files are for (default: this machine)",
           .set = setter<&set_text<&ImportRequest::platform, ImportRequest>>},
};
constexpr std::array kCommit{
    Option{.name = "author",
           .letter = 'a',
           .placeholder = "TEXT",
           .help = "Put this into the image as its author",
           .set = setter<&set_text<&CommitRequest::author, CommitRequest>>},
    change_option<CommitRequest>(),
    message_option<CommitRequest>(),
    Option{.name = "pause",
           .letter = 'p',
           .help = "Pause the container meanwhile (default true)",
           .set = flag<&CommitRequest::pause>},
};
constexpr std::array kInspect{
    Option{.name = "format",
           .letter = 'f',
           .placeholder = "FORMAT",
           .help = "Print json, or what a Go template makes of each image",
           .set = setter<&set_text<&ImageInspectRequest::format, ImageInspectRequest>>},
};
constexpr std::array kPrune{
    Option{.name = "all",
           .letter = 'a',
           .help = "Remove those with a name that no container uses, too",
           .set = flag<&ImagePruneRequest::all>},
    Option{.name = "filter",
           .placeholder = "KEY=VALUE",
           .help = "Remove those only for which this holds: label, label!, until",
           .use = Use::repeat,
           .set = setter<&add_filter<ImagePruneRequest>>},
    Option{.name = "force", .letter = 'f', .help = "Do not ask", .set = flag<&ImagePruneRequest::force>},
};
constexpr std::array kFsck{
    Option{.name = "quick",
           .help = "Do not read the blobs to compare their digests",
           .set = flag<&FsckRequest::quick>},
    Option{.name = "repair",
           .help = "Remove what is damaged, and unpack anew the layers whose blobs are whole",
           .set = flag<&FsckRequest::repair>},
};

}  // namespace

constinit const OptionGroup kImagesOptions{"Options", kImages};
constinit const OptionGroup kRmiOptions{"Options", kRmi};
constinit const OptionGroup kHistoryOptions{"Options", kHistory};
constinit const OptionGroup kSaveOptions{"Options", kSave};
constinit const OptionGroup kLoadOptions{"Options", kLoad};
constinit const OptionGroup kImportOptions{"Options", kImport};
constinit const OptionGroup kCommitOptions{"Options", kCommit};
constinit const OptionGroup kImageInspectOptions{"Options", kInspect};
constinit const OptionGroup kImagePruneOptions{"Options", kPrune};
constinit const OptionGroup kFsckOptions{"Options", kFsck};

}  // namespace cove::cli
