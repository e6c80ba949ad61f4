# Types of variables with defaults that have to be converted; expressions.py refers to all of them.
variable "num" {
  type    = number
  default = "5"
}
variable "str" {
  type    = string
  default = 5
}
variable "flag" {
  type    = bool
  default = "true"
}
variable "flag_untyped" { default = "true" }
variable "names" {
  type    = set(string)
  default = ["b", "a", "b"]
}
variable "list_num" {
  type    = list(number)
  default = ["1", 2]
}
variable "list_str" {
  type    = list(string)
  default = [1, true, "x", 1.50]
}
variable "obj" {
  type = object({
    a = optional(string, "dflt")
    b = optional(number)
    c = optional(list(string), ["z"])
    n = optional(object({ x = optional(string, "deep") }), {})
  })
  default = {}
}
variable "obj_given" {
  type = object({
    a = optional(string, "dflt")
    b = optional(number, 7)
    n = optional(object({ x = optional(string, "deep"), y = optional(bool) }), {})
  })
  default = { a = null, b = "8", n = { y = "true", dropped = 1 }, dropped = 2 }
}
variable "map_obj" {
  type    = map(object({ size = optional(number, 3), name = string }))
  default = { k = { name = "n" }, j = { name = 4, size = "5" } }
}
variable "list_obj" {
  type    = list(object({ p = number, q = optional(list(number), [1, 2]) }))
  default = [{ p = "80" }, { p = 443, q = ["3"] }]
}
variable "nul" {
  type    = string
  default = null
}
variable "not_nul" {
  type     = string
  default  = "kept"
  nullable = false
}
variable "nul_list" {
  type    = list(string)
  default = null
}
variable "tags" {
  type    = map(string)
  default = { b = 1, a = true }
}
variable "anyv" {
  type    = any
  default = { x = [1, 2, { y = "z" }] }
}
variable "list_any" {
  type    = list(any)
  default = [1, "a", true]
}
variable "map_any" {
  type    = map(any)
  default = { a = 1, b = "x" }
}
variable "set_num" {
  type    = set(number)
  default = [10, 9, "9", 1.5]
}
variable "set_bool" {
  type    = set(bool)
  default = [true, "false", true]
}
variable "tup" {
  type    = tuple([string, number, bool])
  default = [1, "2", "true"]
}
variable "deep" {
  type    = map(list(map(string)))
  default = { z = [{ k = 1 }, { k = true }], a = [] }
}
variable "empty_list" {
  type    = list(string)
  default = []
}
variable "empty_map" {
  type    = map(number)
  default = {}
}
variable "escaped" {
  default = "$${kept} %%{ too } \u00e9 \t"
}
variable "accents" {
  default = "e\u0301cole"
}
variable "set_obj" {
  type    = set(object({ n = string, v = number }))
  default = [{ n = "b", v = 1 }, { n = "a", v = 2 }, { n = "a", v = "2" }]
}
variable "old_list" {
  type    = list
  default = ["a", 1]
}
variable "list_list" {
  type    = list(list(string))
  default = [["a", 1], []]
}
variable "big" {
  default = 123456789012345678901234567890
}
variable "fraction" {
  default = 0.1
}
locals {
  m      = { b = 1, a = 2, c = 3 }
  l      = ["c", "a", "b"]
  mixed  = ["c", 1, true, null]
  objs   = [{ n = "x", v = [1, 2] }, { n = "y", v = [3] }]
  s      = "hello"
  empty  = ""
  nested = { a = { b = { c = "deep" } }, "with space" = [1, { k = "v" }], (local.s) = true }
  users  = { "bob" = { role = "admin" }, "al" = { role = "dev" }, "cy" = { role = "admin" } }
  set    = toset(["b", "a"])
  nums   = [3, 1.5, -2, 10]
  by     = { for q in [{ n = "a", t = 100000 }, { n = "a", t = 30 }] : q.n => q.t... }
  text   = <<-EOT
    first
      second ${local.s}

    third
  EOT
}
