"""The simulated Salesforce for the eye: plain server-rendered pages at `/` to look, edit and act as a person does.

No script, no outside asset. What an action does is `door.actions`; nothing here writes by itself.
"""
