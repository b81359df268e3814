"""Dialect `pe`, continued: sending and receiving, one after the other or two streams at once.

A send or receive that is *started* moves nothing until `pe.await`: then one send and one receive go on at
the same time, each with at most one wavelet a cycle, until both have ended. The core does nothing else
meanwhile, so between a start and its `pe.await` only local work may stand.
"""

from __future__ import annotations

from ..attributes import IntegerAttr, StringAttr
from ..spec import Constraint, OpSpec, one_of, operand, required
from .pe import DSD, EFFECT, PE

REDUCTION = one_of("add, max or min", *map(StringAttr, ("add", "max", "min")))
CHANNEL = Constraint(
    "a channel number from 0",
    lambda a: isinstance(a, IntegerAttr) and a.value >= 0,
    kinds=(IntegerAttr,),
)

PE.add(
    [
        OpSpec(
            "pe.send",
            "Sends elements: one f32 or i32, or two f16, per wavelet.",
            operands=(operand("src", DSD),),
            attributes=(required("channel", CHANNEL),),
            traits=EFFECT,
        ),
        OpSpec(
            "pe.recv",
            "Receives elements.",
            operands=(operand("dst", DSD),),
            attributes=(required("channel", CHANNEL),),
            traits=EFFECT,
        ),
        OpSpec(
            "pe.recv_reduce",
            "dst = fn(dst, received).",
            operands=(operand("dst", DSD),),
            attributes=(required("channel", CHANNEL), required("fn", REDUCTION)),
            traits=EFFECT,
        ),
        OpSpec(
            "pe.recv_reduce_forward",
            "Sends fn(src, received) on, element by element.",
            operands=(operand("src", DSD),),
            attributes=(
                required("in_channel", CHANNEL),
                required("out_channel", CHANNEL),
                required("fn", REDUCTION),
            ),
            traits=EFFECT,
        ),
        OpSpec(
            "pe.start_send",
            "Starts sending elements as pe.send does; they leave during pe.await.",
            operands=(operand("src", DSD),),
            attributes=(required("channel", CHANNEL),),
            traits=EFFECT,
        ),
        OpSpec(
            "pe.start_recv",
            "Starts receiving elements as pe.recv does; they are taken during pe.await.",
            operands=(operand("dst", DSD),),
            attributes=(required("channel", CHANNEL),),
            traits=EFFECT,
        ),
        OpSpec(
            "pe.start_recv_reduce",
            "Starts dst = fn(dst, received); elements are taken during pe.await.",
            operands=(operand("dst", DSD),),
            attributes=(required("channel", CHANNEL), required("fn", REDUCTION)),
            traits=EFFECT,
        ),
        OpSpec(
            "pe.await",
            "Lets what has been started, one send and one receive at most, go on until both have ended.",
            traits=EFFECT,
        ),
    ]
)
