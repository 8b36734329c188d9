#include "core/frame.hpp"
