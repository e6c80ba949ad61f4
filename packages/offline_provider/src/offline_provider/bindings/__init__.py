"""Reading the AWS provider's schema out of the pinned CDKTF bindings.

The bindings are generated from the real provider's schema, and the TypeScript they are compiled from, kept in the
inline source maps of their JavaScript, still states nearly all of it. What it no longer states is listed in
``offline_provider.observed``.
"""
