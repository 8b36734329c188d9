#include "cli/demo/codec_samples.hpp"

namespace reel::demo {

void add_protobuf(std::vector<codec>& /*codecs*/) {}

} // namespace reel::demo
