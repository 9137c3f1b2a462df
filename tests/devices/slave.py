"""A real Modbus RTU slave for the tests: pymodbus' own server on a terminal, inputs by stdin.

`python slave.py PORT`; lines `<input> <0|1>` set an input, each is answered by `ok`.
"""

import asyncio
import sys

from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

READ_INPUTS = 2  # the function code by which the inputs are addressed


async def main(port: str) -> None:
    bits = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
    words = [SimData(0, values=0, datatype=DataType.REGISTERS)]
    device = SimDevice(1, simdata=(bits, list(bits), words, list(words)))
    server = ModbusSerialServer(device, port=port, baudrate=9600)
    await server.serve_forever(background=True)
    print("ready", flush=True)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )
    while line := await lines.readline():
        number, value = line.split()
        await server.async_setValues(1, READ_INPUTS, int(number), [value == b"1"])
        print("ok", flush=True)
    await server.shutdown()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
