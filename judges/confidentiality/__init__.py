"""Did confidential data reach the requester, and how was it refused?"""
