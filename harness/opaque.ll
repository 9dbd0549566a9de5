; What OPAQUE() of harness/workload.h is for the placement `auto`: linked into the rewritten workload
; and inlined, it leaves the empty assembly that the other placements have from the beginning.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

define linkonce_odr hidden ptr @workload_opaque(ptr %pointer) alwaysinline nounwind {
  %opaque = call ptr asm sideeffect "", "=r,0,~{memory},~{dirflag},~{fpsr},~{flags}"(ptr %pointer)
  ret ptr %opaque
}
