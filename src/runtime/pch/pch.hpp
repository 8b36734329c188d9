// Precompiled: CAF's headers, which cost seconds in every file that needs them.
#include <caf/all.hpp>
