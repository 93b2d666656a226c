"""What somebody who connects a region's system does with the command line: connect, publish, read
the feed, check what is sent, try out in a sandbox. A client of Kvitt as theirs is.
"""
