"""Print the conversations of a run: what was said, what the agent asked for, what the user told.

python docs/examples/conversation.py RUN
"""

import sys

import convsim

for message in convsim.load(sys.argv[1]).turns().fillna("").itertuples():
    print(f"{message.role}: {message.content}")
    if message.asked:
        print(f"    [asks for: {message.asked}]")
    if message.released:
        print(f"    [tells: {message.released}]")
